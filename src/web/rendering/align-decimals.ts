/** As wide as a digit, in a font whose digits have one width. */
const FIGURE_SPACE = '\u2007';
/** As wide as a point or a comma. */
const PUNCTUATION_SPACE = '\u2008';

/** Numbers as texts, filled up at their end so that their decimals stand below each other in a column. */
export function alignDecimals(texts: string[]): string[] {
  const decimals = texts.map((text) => /(?<=[.,])\d+$/.exec(text)?.[0].length ?? 0);
  const most = Math.max(0, ...decimals);
  return texts.map((text, index) => {
    const own = decimals[index] ?? 0;
    const sign = own === 0 && most > 0 ? PUNCTUATION_SPACE : '';
    return text + sign + FIGURE_SPACE.repeat(most - own);
  });
}
