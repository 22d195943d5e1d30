export type Category = 'vps' | 'dedicated';

/** What a plan includes: for comparing plans, and for the second line of an order. */
export interface Specification {
  cpu: string;
  ramGb: number;
  disk: string;
  traffic: string;
}

/** Periods that can be bought (rule O10). */
export const PERIODS: Record<Category, number[]> = {
  vps: [1, 3, 6, 12],
  dedicated: [1, 2, 3, 6, 12, 24],
};
