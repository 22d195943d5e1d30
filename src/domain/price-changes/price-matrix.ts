import type { Money } from '../money/money.ts';

/** The row of the fee for the setup, beside those of the periods. */
export const SETUP = 'setup';
export type MatrixRow = number | typeof SETUP;

/** Where a price stands in a plan's matrix: for so many months, or the setup, in a currency. */
export interface MatrixCell {
  row: MatrixRow;
  currency: string;
}

export const cellKey = ({ row, currency }: MatrixCell): string => `${currency}_${row}`;

/** A plan's prices of a day, by the keys of the cells; what has no price is not in it. */
export type PriceMatrix = ReadonlyMap<string, Money>;

export interface CellChange extends MatrixCell {
  /** Null: not sold for it, or no fee. */
  before: Money | null;
  after: Money | null;
}

/** What differs between the prices of a day and what is to be. */
export function changedCells(cells: MatrixCell[], before: PriceMatrix, after: PriceMatrix): CellChange[] {
  return cells
    .map((cell) => {
      const key = cellKey(cell);
      return { ...cell, before: before.get(key) ?? null, after: after.get(key) ?? null };
    })
    .filter((change) => !isSame(change.before, change.after));
}

const isSame = (one: Money | null, other: Money | null) =>
  one === null || other === null ? one === other : one.equals(other);
