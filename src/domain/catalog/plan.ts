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

/**
 * What a plan includes, by the fields of its category: for comparing plans, and for the second line of an order. A text
 * is entered in English, "6 × 3.8 GHz".
 */
export type Specification = Record<string, string | number>;
