import type { Locale } from '../../platform/i18n/locale.ts';
import type { Currency } from './currency.ts';
import type { Money } from './money.ts';

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(locale: Locale, code: string, digits: number): Intl.NumberFormat {
  const key = `${locale} ${code} ${digits}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: code,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    formats.set(key, format);
  }
  return format;
}

/**
 * The amount as it is written in the language, from its decimal text (without a JavaScript number in between), with a
 * true minus sign.
 */
export function formatMoney(money: Money, currency: Currency, locale: Locale): string {
  const text = money.amount.toFixed() as Intl.StringNumericLiteral;
  return formatOf(locale, money.currency, currency.minorDigits).format(text).replace('-', '−');
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
