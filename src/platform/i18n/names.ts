/** What something is called, by language. */
export type Names = Record<string, string>;

/** Several names as one, in each language that all of them have. */
export function joinNames(names: Names[]): Names {
  const languages = Object.keys(names[0] ?? {}).filter((language) => names.every((each) => language in each));
  return Object.fromEntries(languages.map((language) => [language, names.map((each) => each[language]).join(', ')]));
}
