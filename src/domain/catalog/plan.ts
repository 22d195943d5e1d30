export type Category = 'vps' | 'dedicated';

/** What something is called, by language. */
export type Names = Record<string, string>;

/** Several names as one, in each language that all of them have. */
export function joinNames(names: Names[]): Names {
  const languages = Object.keys(names[0] ?? {}).filter((language) => names.every((each) => language in each));
  return Object.fromEntries(languages.map((language) => [language, names.map((each) => each[language]).join(', ')]));
}

/** A place in which servers stand. */
export interface Location {
  id: number;
  code: string;
  names: Names;
}

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
