import type { Response } from 'express';
import { stringify } from 'csv-stringify';
import { Money } from '../money/money.ts';

export type CsvCell = string | number | Money | null;

/** A spreadsheet takes a cell that begins so for a formula (security bar, 32). */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

function cellText(cell: CsvCell): string {
  if (cell === null) return '';
  if (cell instanceof Money) return cell.amount.toFixed();
  if (typeof cell === 'number') return String(cell);
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

/** Sends rows as a CSV file, as they come; amounts and numbers as they are, texts neutralised. */
export async function sendCsv(
  res: Response,
  name: string,
  head: string[],
  rows: Iterable<CsvCell[]>,
): Promise<void> {
  res.attachment(`${name}.csv`).type('text/csv; charset=utf-8');
  // Excel takes a file for UTF-8 only with its mark.
  const csv = stringify({ bom: true });
  csv.pipe(res);
  csv.write(head);
  for (const row of rows) csv.write(row.map(cellText));
  csv.end();
  await new Promise<void>((resolve, reject) => {
    csv.on('end', resolve);
    csv.on('error', reject);
  });
}
