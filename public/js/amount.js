import { decimal } from './decimal.js';

const SPACES = /[ \u00a0\u2009\u202f]/g;
const GROUPED_BY_SPACE = /^\d{1,3}( \d{3})+(?=[.,]|$)/;
const GROUPED_BY_COMMA = /^\d{1,3}(,\d{3})+(?=\.|$)/;

/**
 * An amount as src/domain/money/parse-amount.ts reads it, which has the last word; null for what that refuses.
 * @param {string} typed
 * @param {string} locale
 * @param {number} digits
 */
export function readAmount(typed, locale, digits) {
  const plain = ungrouped(typed.replace(SPACES, ' ').trim(), locale).replace(',', '.');
  const parts = /^0*(\d{0,12})(?:\.(\d+))?$/.exec(plain);
  if (!parts || !/^\d/.test(plain) || (parts[2] ?? '').length > digits || /^[0.]*$/.test(plain)) return null;
  return decimal(plain);
}

/**
 * @param {string} text
 * @param {string} locale
 */
function ungrouped(text, locale) {
  const bySpace = GROUPED_BY_SPACE.exec(text);
  if (bySpace) return text.replace(bySpace[0], bySpace[0].replaceAll(' ', ''));
  const byComma = locale === 'en' && GROUPED_BY_COMMA.exec(text);
  return byComma ? text.replace(byComma[0], byComma[0].replaceAll(',', '')) : text;
}
