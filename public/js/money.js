import { round, text } from './decimal.js';

/** @import { Decimal } from './decimal.js' */

/**
 * Money as people of the language write it.
 * @param {Decimal} value
 * @param {{ locale: string, currency: string, digits?: number }} how without `digits`, as many as the currency has
 */
export function formatMoney(value, { locale, currency, digits }) {
  const decimals = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const account = document.body.dataset.account ?? currency;
  const currencyDisplay = currency === account ? 'narrowSymbol' : 'symbol';
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay, ...decimals });
  const sign = format.formatToParts(0).find(({ type }) => type === 'currency')?.value;
  // As the server writes it: a currency without a sign of its own has its code after the amount.
  if (currency === account || sign !== currency) return format.format(text(value));
  const figure = new Intl.NumberFormat(locale, {
    minimumFractionDigits: format.resolvedOptions().minimumFractionDigits,
    maximumFractionDigits: format.resolvedOptions().maximumFractionDigits,
  });
  return `${figure.format(text(value))}\u00a0${currency}`;
}

/**
 * The element of an amount, as the server writes it: people's text, and the plain decimal for machines.
 * @param {HTMLDataElement} element
 * @param {Decimal} value
 * @param {{ locale: string, currency: string, digits: number }} how
 */
export function showMoney(element, value, { locale, currency, digits }) {
  element.dataset.currency = currency;
  element.value = text(round(value, digits));
  element.textContent = formatMoney(value, { locale, currency, digits });
}

/**
 * The same beside the code of its currency: the figure alone.
 * @param {HTMLDataElement} element
 * @param {Decimal} value
 * @param {{ locale: string, currency: string, digits: number }} how
 */
export function showFigure(element, value, { locale, currency, digits }) {
  const format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  element.dataset.currency = currency;
  element.value = text(round(value, digits));
  element.textContent = format.format(text(value));
}
