import { type Day, dayOf, isDay } from '../../platform/clock.ts';
import type { Translate } from '../../platform/i18n/i18n.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import type { Currencies } from '../../domain/money/currency.ts';
import { formatMoney, plainAmount } from '../../domain/money/format-money.ts';
import { Money } from '../../domain/money/money.ts';
import { iconSprite } from '../assets/icon-sprite.ts';

/** HTML that is already escaped; `<%-` in views is for these only. */
export type SafeHtml = string & { readonly safe: unique symbol };
export const safe = (html: string) => html as SafeHtml;

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes for HTML; a value that is missing is a fault and not an empty cell. */
export function escapeHtml(value: unknown): string {
  if (!['string', 'number', 'boolean'].includes(typeof value))
    throw new TypeError(`A view was given ${value === null ? 'null' : typeof value} to show`);
  return (value as string | number | boolean).toString().replace(/[&<>"']/g, (sign) => ESCAPES[sign] as string);
}

/** A Lucide icon from the sprite; decorative, so the words beside it carry the meaning. */
export const icon = (name: string): SafeHtml =>
  safe(
    `<svg class="icon" aria-hidden="true" focusable="false"><use href="${iconSprite().address}#${escapeHtml(name)}"/></svg>`,
  );

/** The helpers every view gets: what is written in the reader's language. */
export function viewHelpers(locale: Locale, currencies: Currencies, timeZone: string, t: Translate) {
  const dayFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const momentFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'long', timeZone });
  const timeFormat = new Intl.DateTimeFormat(locale, {
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  });
  const monthFormat = new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' });
  const monthYearFormat = new Intl.DateTimeFormat(locale, {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  const countFormat = new Intl.NumberFormat(locale);
  const rateFormat = new Intl.NumberFormat(locale, { maximumSignificantDigits: 8 });
  const regions = new Intl.DisplayNames(locale, { type: 'region' });
  const currencyNames = new Intl.DisplayNames(locale, { type: 'currency' });

  const moneyText = (money: Money) => formatMoney(money, currencies.get(money.currency), locale);
  const dayText = (day: Day) => dayFormat.format(new Date(`${day}T00:00:00Z`));
  const helpers = {
    t,
    locale,
    moneyText,
    /** Every amount on a page: people's text, and the plain decimal beside it for machines. */
    money(money: Money): SafeHtml {
      const value = plainAmount(money, currencies.get(money.currency));
      return safe(
        `<data class="money" value="${value}" data-currency="${money.currency}">${escapeHtml(moneyText(money))}</data>`,
      );
    },
    /** With a plus where it is one, for movements. */
    signedMoney(money: Money): SafeHtml {
      const value = plainAmount(money, currencies.get(money.currency));
      const sign = money.isPositive ? '+' : '';
      const direction = money.isPositive ? 'in' : 'out';
      return safe(
        `<data class="money money-${direction}" value="${value}" data-currency="${money.currency}">${sign}${escapeHtml(moneyText(money))}</data>`,
      );
    },
    dayText,
    day: (day: Day) => safe(`<time datetime="${day}">${escapeHtml(dayText(day))}</time>`),
    /** The day of a moment; the exact moment in the title. */
    moment(moment: Date): SafeHtml {
      const day = dayText(dayOf(moment, timeZone));
      return safe(
        `<time datetime="${moment.toISOString()}" title="${escapeHtml(momentFormat.format(moment))}">${escapeHtml(day)}</time>`,
      );
    },
    momentText: (moment: Date) => momentFormat.format(moment),
    timeText: (moment: Date) => timeFormat.format(moment),
    /** `YYYY-MM` in words, short for under a bar. */
    monthText: (month: string) => monthFormat.format(new Date(`${month}-01T00:00:00Z`)),
    monthYearText: (month: string) => monthYearFormat.format(new Date(`${month}-01T00:00:00Z`)),
    /** With the true minus. */
    count: (value: number) => countFormat.format(value).replace('-', '−'),
    rate: (value: { toFixed(): string }) => rateFormat.format(value.toFixed() as Intl.StringNumericLiteral),
    country: (code: string) => (code === '' ? '' : (regions.of(code) ?? code)),
    currencyName: (code: string) => currencyNames.of(code) ?? code,
    icon,
    /** Values as `errors.*` and other sentences want them: money and days in words. */
    words: (data: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(data).map(([key, value]) => [key, inWords(value)])),
  };
  const inWords = (value: unknown) => {
    if (value instanceof Money) return moneyText(value);
    if (typeof value === 'string' && isDay(value)) return dayText(value);
    return value;
  };
  return helpers;
}

export type ViewHelpers = ReturnType<typeof viewHelpers>;
