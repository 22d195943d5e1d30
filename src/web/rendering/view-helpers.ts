import type { Day } from '../../platform/clock.ts';
import { isWordKey, type Translate, type WordKey, wordKey } from '../../platform/i18n/i18n.ts';
import { itself, memoized } from '../../platform/memoized.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import { PasswordWeak, type Refusal } from '../../domain/errors.ts';
import type { Right } from '../../domain/identity/rights.ts';
import type { Currencies } from '../../domain/money/currency.ts';
import { plainAmount } from '../../domain/money/format-money.ts';
import { keyOfMoney, type Money } from '../../domain/money/money.ts';
import { type ProfileField, profileFieldName } from '../../domain/customers/profile.ts';
import type { StoredRate } from '../../domain/rates/rate-table.ts';
import { Catalog } from '../../domain/catalog/category.ts';
import type { Names } from '../../platform/i18n/names.ts';
import { MOST_WAITING } from '../../domain/desk/work-list-queries.ts';
import type { Service } from '../../domain/ledger/statement-queries.ts';
import { listHref, PAGE_SIZES, pageNumbers } from '../list-address.ts';
import { alignDecimals } from './align-decimals.ts';
import { browserName } from './browser-name.ts';
import { auditTexts } from './audit-text.ts';
import { columns, numeric, unseen } from './columns.ts';
import { alertTone, fieldAttributes, flashIcon } from './form-helpers.ts';
import { attrs, escaped, joinHtml, markup, safe, type SafeHtml } from './html.ts';
import { icon } from './icon.ts';
import { sentenceOf } from './sentence.ts';
import { type Specified, specificationText, specificationTexts } from './specification-text.ts';
import { THEME_COLORS } from './theme-colors.ts';
import { statusBadges } from './status-badges.ts';
import { TEXTS_KEPT, textsOf } from './texts.ts';

const DASH = safe('—');
/** Of mails and of pages without a database, which name no plans' specifications. */
export const NO_CATALOG = new Catalog([]);
/** The first ones of a category's fields. */
const FIELDS_IN_BRIEF = 2;

const LANGUAGES = [
  { code: 'en', name: 'English' },
  { code: 'ru', name: 'Русский' },
] as const;
const THEMES = [
  { theme: 'system', symbol: 'monitor' },
  { theme: 'light', symbol: 'sun' },
  { theme: 'dark', symbol: 'moon' },
] as const;

/**
 * What every view can use by its bare name: how things are written in a language, and what the reader may do. What a view
 * is given is `it`.
 */
export function viewHelpers(
  locale: Locale,
  currencies: Currencies,
  timeZone: string,
  t: Translate,
  {
    account,
    rights,
    isStaff,
    catalog = NO_CATALOG,
  }: {
    account?: string | undefined;
    rights?: ReadonlySet<Right> | undefined;
    isStaff?: boolean | undefined;
    catalog?: Catalog | undefined;
  } = {},
) {
  const texts = textsOf(locale, currencies, timeZone, t, account);
  const { moneyText, dayText } = texts;
  /** What a role of staff is called: in words where the portal brings it, else as staff named it. */
  const staffRoleText = (role: string) =>
    isWordKey(`terms.staff_role.${role}`) ? t(wordKey(`terms.staff_role.${role}`)) : role;
  const plain = (money: Money) => plainAmount(money, currencies.get(money.currency));

  return {
    ...texts,
    ...statusBadges(t, texts.shortDayText),
    icon,
    attrs,
    staffRoleText,
    /** What an entry of the audit log says of what changed. */
    auditText: (details: Record<string, unknown>) => auditTexts(details, { t, moneyText, staffRoleText }).join(' · '),
    /** What a right lets one do. */
    rightText: (right: Right) => t(wordKey(`terms.right.${right.replace(/[:-]/g, '_')}`)),
    /** Whether the reader has the right: only what they may do is offered. */
    may: (right: Right) => rights?.has(right) ?? false,
    /** Where an order is looked at. */
    orderHref: (id: number) => `${isStaff ? '/staff' : ''}/orders/${id}`,
    /** Where an invoice is looked at; null for who may not see it. */
    invoiceHref: (id: number) =>
      rights?.has(isStaff ? 'money:view' : 'invoices:view') ? `${isStaff ? '/staff' : ''}/invoices/${id}` : null,
    markup,
    fieldAttributes,
    alertTone,
    flashIcon,
    LANGUAGES,
    THEMES,
    THEME_COLORS,
    PAGE_SIZES,
    /** An address with its fields; empty ones are left out. */
    hrefOf: (path: string, fields: Record<string, string>) => listHref(path, {}, fields),
    pageNumbers,
    /** The label of a field of the profile. */
    profileField: (field: ProfileField) => t(`terms.profile_field.${profileFieldName(field)}`),
    /** What an operation was for: the plan with its hostname, and until when or with how many others. */
    serviceText: ({ plan, hostname, until, orders }: Service) => {
      const name = [plan, hostname].filter(Boolean).join(', ');
      if (orders > 1) return t('common.service.and_others', { name, count: orders - 1 });
      return until ? t('common.service.until', { name, day: dayText(until) }) : name;
    },
    methodText: (method: string) => t(wordKey(`terms.payment_method.${method}`)),
    /** What a message is called: of one that is not written any more, its own name. */
    mailKindText: (kind: string) =>
      isWordKey(`terms.mail_kind.${kind}`) ? t(wordKey(`terms.mail_kind.${kind}`)) : kind,
    /** Why a new password was refused. */
    passwordRefusalText: (refusal: Refusal) =>
      refusal instanceof PasswordWeak
        ? t(`errors.password.${refusal.data.fault}`, { count: refusal.data.minimum })
        : t(wordKey(`errors.${refusal.key}`)),
    refusalText: (refusal: Refusal) => t(wordKey(`errors.${refusal.key}`), texts.refusalValues(refusal.data)),
    /** What a plan gives, in a line. */
    planLine: (plan: Specified, between = ' · ', ...before: string[]) =>
      [...before, ...specificationTexts(catalog, plan, locale)].join(between),
    /** What it mostly is chosen by, in a short line. */
    planBrief: (plan: Specified, ...before: string[]) =>
      [...before, ...specificationTexts(catalog, plan, locale).slice(0, FIELDS_IN_BRIEF)].join(' · '),
    /** What a category is called; of one that is gone, its code. */
    categoryText: (code: string) => catalog.find(code)?.names[locale] ?? code,
    /** What a header `User-Agent` says, as a browser and its system. */
    browserText: (userAgent: string) => browserName(userAgent).name || t('common.unknown_browser'),
    isHandheld: (userAgent: string) => browserName(userAgent).handheld,
    /** A part of a plan's specification as this language writes its figures and units. */
    specificationText: (text: string) => specificationText(text, locale),
    /** What something is called in this language. */
    nameOf: (names: Names): string => names[locale] ?? names['en'] ?? '',
    /** Texts, each on a line of its own. */
    textLines: (lines: string[]): SafeHtml =>
      joinHtml(lines.filter(Boolean).map((line, index) => (index === 0 ? markup`${line}` : markup`<br>${line}`))),
    /** A number of the work list: “1,000+” where not all were counted. */
    workCountText: (count: number): string =>
      count > MOST_WAITING ? `${texts.countText(MOST_WAITING)}+` : texts.countText(count),
    joinHtml,
    /** A sentence with HTML in its gaps. */
    sentence: (key: WordKey, values: Record<string, string | number | SafeHtml>) => sentenceOf(t, key, values),
    alignDecimals,
    columns,
    /** The column of a period's prices. */
    monthsColumn: (months: number) => `months_${months}`,
    numeric,
    unseen,
    /** Text is escaped, safe HTML is shown as it is: for arguments that may be either. */
    asHtml: (value: string | number | SafeHtml) => safe(escaped(value)),
    /** Every amount on a page: people's text, and the plain decimal beside it for machines. */
    money: memoized(
      TEXTS_KEPT,
      (money: Money): SafeHtml =>
        markup`<data class="money" value="${plain(money)}" data-currency="${money.currency}">${moneyText(money)}</data>`,
      keyOfMoney,
    ),
    /** An amount beside the code of its currency: no sign has to be guessed. */
    figure: memoized(
      TEXTS_KEPT,
      (money: Money): SafeHtml =>
        markup`<data class="money" value="${plain(money)}" data-currency="${money.currency}">${texts.figureText(money)}</data>`,
      keyOfMoney,
    ),
    /** A day, without its year where that is `year`. */
    nearDay: (day: Day, year: string): SafeHtml =>
      markup`<time datetime="${day}">${day.startsWith(year) ? texts.shortDayText(day) : dayText(day)}</time>`,
    /** Where the rates of a conversion are from, in short. */
    sourcesOf: (rates: readonly StoredRate[]): string =>
      [...new Set(rates.map(({ source }) => t(`terms.rate_source_short.${source}`)))].join(' + '),
    /** With a plus where it is one, for movements. */
    signedMoney(money: Money): SafeHtml {
      const [direction, sign] = money.isPositive ? ['in', '+'] : ['out', ''];
      const text = sign + moneyText(money);
      return markup`<data class="money money-${direction}" value="${plain(money)}" data-currency="${money.currency}">${text}</data>`;
    },
    day: memoized(TEXTS_KEPT, (day: Day): SafeHtml => markup`<time datetime="${day}">${dayText(day)}</time>`, itself),
    shortDay: memoized(
      TEXTS_KEPT,
      (day: Day): SafeHtml => markup`<time datetime="${day}">${texts.shortDayText(day)}</time>`,
      itself,
    ),
    /** The day of a moment; the exact moment in the title. */
    dayOfMoment: memoized(
      TEXTS_KEPT,
      (moment: Date): SafeHtml =>
        markup`<time datetime="${moment.toISOString()}" title="${texts.dateTimeText(moment)}">${texts.dayOfMomentText(moment)}</time>`,
      (moment) => moment.getTime(),
    ),
    /** A moment with its time; a script writes it in the reader's own time zone, which the server does not know. */
    moment: (moment: Date): SafeHtml =>
      markup`<time datetime="${moment.toISOString()}" data-local="moment">${texts.dateTimeText(moment)}</time>`,
    /** The time of a moment that is near; a script adds in how many minutes that is. */
    soon: (moment: Date): SafeHtml =>
      markup`<time datetime="${moment.toISOString()}" data-local="soon">${texts.timeText(moment)}</time>`,
    DASH,
    orDash,
    textOrDash,
    /** A link, or the text alone where the reader may not follow it. */
    linkIf: (href: string | null, text: string, className = ''): SafeHtml =>
      href !== null
        ? markup`<a${attrs({ class: className })} href="${href}">${text}</a>`
        : markup`<span${attrs({ class: className })}>${text}</span>`,
  };
}

/** A dash for what is not there, else the value: as text, or as `show` writes it. */
function orDash(value: string | number | null | undefined): string | number;
function orDash<T>(value: T | null | undefined, show: (value: T) => SafeHtml): SafeHtml;
function orDash<T>(value: T | null | undefined, show?: (value: T) => SafeHtml) {
  if (value === null || value === undefined || value === '') return show ? DASH : '—';
  return show ? show(value) : value;
}

/** The same of what `show` writes as text. */
const textOrDash = <T>(value: T | null | undefined, show: (value: T) => string): string =>
  value === null || value === undefined ? '—' : show(value);

export type ViewHelpers = ReturnType<typeof viewHelpers>;
