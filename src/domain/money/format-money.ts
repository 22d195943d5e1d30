import type { Locale } from '../../platform/i18n/locale.ts';
import type { Currency } from './currency.ts';
import type { Money } from './money.ts';

interface Formats {
  /** With the sign that people who keep an account in the currency know it by. */
  own: Intl.NumberFormat;
  /** With a sign that nobody takes for another currency's; null where the language has none for it. */
  other: Intl.NumberFormat | null;
  figure: Intl.NumberFormat;
}

const formats = new Map<string, Formats>();

function formatsOf(locale: Locale, code: string, digits: number): Formats {
  const key = `${locale} ${code} ${digits}`;
  let found = formats.get(key);
  if (!found) {
    const decimals = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    const money = { style: 'currency', currency: code, ...decimals } as const;
    const other = new Intl.NumberFormat(locale, { ...money, currencyDisplay: 'symbol' });
    const sign = other.formatToParts(0).find(({ type }) => type === 'currency')?.value;
    found = {
      own: new Intl.NumberFormat(locale, { ...money, currencyDisplay: 'narrowSymbol' }),
      other: sign === code ? null : other,
      figure: new Intl.NumberFormat(locale, decimals),
    };
    formats.set(key, found);
  }
  return found;
}

/**
 * The amount as it is written in the language, from its decimal text (without a JavaScript number in between), with a
 * true minus sign.
 * @param account the currency of the reader's account: another one has its code after the amount where the language has
 *   no sign of its own for it, "900.00 PLN"; left out, every currency is written as the account's
 */
export function formatMoney(money: Money, currency: Currency, locale: Locale, account = money.currency): string {
  const text = money.amount.toFixed() as Intl.StringNumericLiteral;
  const { own, other, figure } = formatsOf(locale, money.currency, currency.minorDigits);
  const format = money.currency === account ? own : other;
  const written = format ? format.format(text) : `${figure.format(text)}\u00a0${money.currency}`;
  return written.replace('-', '−');
}

/** The plain decimal with the currency's decimals: `12.50`, for machines and for form fields. */
export function plainAmount(money: Money, currency: Currency): string {
  return money.amount.toFixed(currency.minorDigits);
}

/** As it is typed in the language, for form fields: grouped, without the currency. */
export function typedAmount(money: Money, currency: Currency, locale: Locale): string {
  const digits = { minimumFractionDigits: currency.minorDigits, maximumFractionDigits: currency.minorDigits };
  return new Intl.NumberFormat(locale, digits).format(money.amount.toFixed() as Intl.StringNumericLiteral);
}
