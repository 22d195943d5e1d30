/** The amount that a word of a search is, as it is shown or typed: `€1,996.00`, `119,00`; null when it is none. */
export function amountIn(word: string): string | null {
  if (/[a-z-]/i.test(word)) return null;
  const digits = word.replace(/[^\d.,]/g, '');
  const plain = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(digits) ? digits.replaceAll(',', '') : digits.replace(',', '.');
  return /^\d{1,12}(\.\d{1,4})?$/.test(plain) ? plain : null;
}
