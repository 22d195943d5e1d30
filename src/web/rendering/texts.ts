import { type Day, dayOf, isDay } from '../../platform/clock.ts';
import type { Translate } from '../../platform/i18n/i18n.ts';
import { itself, memoized } from '../../platform/memoized.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import type { Currencies } from '../../domain/money/currency.ts';
import { formatMoney } from '../../domain/money/format-money.ts';
import { keyOfMoney, Money } from '../../domain/money/money.ts';
import type { UsedRate } from '../../domain/rates/quote-queries.ts';

/** Days of some years, and as many amounts, numbers and moments: lists show the same ones again and again. */
export const TEXTS_KEPT = 2_000;

/** A day as the cell of a table has it: in Russian in figures, since with its month and «г.» it is long. */
const DAYS: Record<Locale, Intl.DateTimeFormatOptions> = {
  en: { dateStyle: 'medium' },
  ru: { day: '2-digit', month: '2-digit', year: 'numeric' },
};

/** Amounts, days and names in a language, as plain text: for pages, mails and documents alike. */
export function textsOf(locale: Locale, currencies: Currencies, timeZone: string, t: Translate, account?: string) {
  const dayFormat = new Intl.DateTimeFormat(locale, { ...DAYS[locale], timeZone: 'UTC' });
  const shortDayFormat = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  const momentFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'long', timeZone });
  const timeFormat = new Intl.DateTimeFormat(locale, {
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  });
  const monthFormat = new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' });
  const monthYearFormat = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' });
  const countFormat = new Intl.NumberFormat(locale);
  const rateFormat = new Intl.NumberFormat(locale, { maximumSignificantDigits: 8 });
  const regions = new Intl.DisplayNames(locale, { type: 'region' });
  const currencyNames = new Intl.DisplayNames(locale, { type: 'currency' });

  const moneyText = memoized(
    TEXTS_KEPT,
    (money: Money) => formatMoney(money, currencies.get(money.currency), locale, account),
    keyOfMoney,
  );
  const figureFormat = memoized(
    TEXTS_KEPT,
    (digits: number) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
    itself,
  );
  const figureText = (money: Money) => {
    const { minorDigits } = currencies.get(money.currency);
    return figureFormat(minorDigits)
      .format(money.amount.toFixed() as Intl.StringNumericLiteral)
      .replace('-', '−');
  };
  const dayText = memoized(TEXTS_KEPT, (day: Day) => dayFormat.format(new Date(`${day}T00:00:00Z`)), itself);
  const shortDayText = memoized(TEXTS_KEPT, (day: Day) => shortDayFormat.format(new Date(`${day}T00:00:00Z`)), itself);
  const valueText = (value: unknown) => {
    if (typeof value === 'number') return value;
    if (value instanceof Money) return moneyText(value);
    if (typeof value !== 'string') return JSON.stringify(value);
    return isDay(value) ? dayText(value) : value;
  };

  return {
    t,
    locale,
    moneyText,
    /** Without the currency. */
    figureText,
    dayText,
    /** Without the year: of a day that is near. */
    shortDayText,
    dayOfMomentText: (moment: Date) => dayText(dayOf(moment, timeZone)),
    dateTimeText: (moment: Date) => momentFormat.format(moment),
    timeText: (moment: Date) => timeFormat.format(moment),
    /** How long ago, in the two largest units: of milliseconds. */
    ageText: (age: number) => {
      const minutes = Math.max(0, Math.floor(age / 60_000));
      if (minutes < 60) return t('common.age.minutes', { count: minutes });
      const hours = Math.floor(minutes / 60);
      if (hours < 24) return t('common.age.hours', { count: hours });
      const days = Math.floor(hours / 24);
      return days < 7 && hours % 24 > 0
        ? t('common.age.days_and_hours', { days, hours: hours % 24 })
        : t('common.age.days', { count: days });
    },
    /** `YYYY-MM`, short enough to stand under a bar. */
    monthText: memoized(TEXTS_KEPT, (month: string) => monthFormat.format(new Date(`${month}-01T00:00:00Z`)), itself),
    monthYearText: memoized(
      TEXTS_KEPT,
      (month: string) => monthYearFormat.format(new Date(`${month}-01T00:00:00Z`)),
      itself,
    ),
    /** With the true minus. */
    countText: memoized(TEXTS_KEPT, (value: number) => countFormat.format(value).replace('-', '−'), itself),
    /** When rates were for, and whose they are: the date once where it is the same. */
    ratesText: (rates: readonly UsedRate[]): string =>
      [...new Set(rates.map(({ effectiveOn }) => effectiveOn))]
        .map((date) => {
          const sources = rates.filter(({ effectiveOn }) => effectiveOn === date).map(({ source }) => source);
          return [dayText(date), ...[...new Set(sources)].map((source) => t(`terms.rate_source.${source}`))].join(', ');
        })
        .join('; '),
    rateText: (value: { toFixed(): string }) => rateFormat.format(value.toFixed() as Intl.StringNumericLiteral),
    countryName: (code: string) => (code === '' ? '' : (regions.of(code) ?? code)),
    currencyName: memoized(TEXTS_KEPT, (code: string) => currencyNames.of(code) ?? code, itself),
    /** The data of a refusal as its sentence wants it: money and days as text. */
    refusalValues: (data: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(data).map(([name, value]) => [name, valueText(value)])),
  };
}

export type Texts = ReturnType<typeof textsOf>;
