import { isDay } from '../platform/clock.ts';
import { type Translate, wordKey } from '../platform/i18n/i18n.ts';
import type { Locale } from '../platform/i18n/locale.ts';
import type { Sealing } from '../platform/sealing.ts';
import type { Currencies } from '../domain/money/currency.ts';
import { Money } from '../domain/money/money.ts';
import type { ProfileField } from '../domain/customers/profile.ts';
import {
  type AccountMessageKind,
  isAboutAccount,
  MAIL_LINK,
  type MessageData,
  type StoredMail,
} from '../domain/notifications/messages.ts';
import type { Names } from '../platform/i18n/names.ts';
import { type ConnectLine, howToConnect } from '../web/rendering/how-to-connect.ts';
import { helpersFor, renderView } from '../web/rendering/render-view.ts';

export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

export interface MailStyle {
  currencies: Currencies;
  timeZone: string;
  /** Where the links lead: the portal's address, without a slash at the end. */
  siteUrl: string;
  /** The sender's name. */
  seller: string;
  sealing: Sealing;
}

/** What the view of a mail is given. */
export interface MailLocals {
  locale: Locale;
  subject: string;
  /** Null in what is not written to a customer. */
  greeting: string | null;
  sentence: string;
  facts: { label: string; value: string }[];
  /** How to get into the server that the message is about. */
  connect: { title: string; lines: ConnectLine[] } | null;
  action: { label: string; href: string };
  /** Where to choose which messages one gets. */
  settings: { label: string; href: string } | null;
  seller: string;
}

/** The facts that are listed below the sentence, in this order. */
const FACTS = [
  'customer',
  'sender',
  'reply_to',
  'order',
  'plan',
  'hostname',
  'options',
  'ip',
  'invoice',
  'total',
  'credited',
  'missing',
  'fields',
  'balance',
  'reserved',
  'due_on',
  'paid_until',
  'suspended_on',
  'cancelled_on',
  'reason',
  'account',
  'inviter',
  'new_email',
  'codes_left',
  'until',
  'at',
  'user_agent',
  'address',
] as const satisfies (keyof MessageData)[];

/** The message in its reader's language, as text and as HTML. */
export function renderMail(mail: StoredMail, style: MailStyle): RenderedMail {
  const reader = { locale: mail.locale, currencies: style.currencies, timeZone: style.timeZone };
  const { t, moneyText, dayText, dateTimeText, browserText, profileField, workCountText } = helpersFor(reader);
  const reasonInWords = (reason: string): string => {
    if (mail.kind === 'suspended') return t(wordKey(`terms.suspension.${reason}`));
    return mail.kind === 'cancelled' ? t(wordKey(`terms.cancellation_cause.${reason}`)) : reason;
  };
  const inWords = (name: keyof MessageData): string | null => {
    const value = mail.data[name];
    if (value === undefined || value === null || value === '') return null;
    if (name === 'invoice') return (value as { number: string }).number;
    if (name === 'options') return (value as Names)[mail.locale] ?? '';
    if (name === 'reason') return reasonInWords(value as string);
    if (name === 'fields') return (value as ProfileField[]).map(profileField).join(', ');
    if (name === 'at' || name === 'until') return dateTimeText(new Date(value as string));
    if (name === 'user_agent') return browserText(value as string);
    if (isMoney(value)) return moneyText(Money.of(value.amount, value.currency));
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' && isDay(value) ? dayText(value) : (value as string);
  };
  const words: Record<string, string> = {
    ...Object.fromEntries(FACTS.map((name) => [name, inWords(name) ?? ''])),
    service: serviceOf(mail),
    orders: ordersOf(mail, t, dayText),
    prices: pricesOf(mail, t, moneyText),
    work: workOf(mail, t, workCountText),
    from: typeof mail.data.from === 'string' ? dayText(mail.data.from) : '',
    for_orders: forOrders(mail, t, ordersOf(mail, t, dayText)),
  };
  const facts = FACTS.flatMap((name) => {
    const value = inWords(name);
    return value === null ? [] : [{ label: t(`mail.fact.${name}`), value }];
  });
  const locals: MailLocals = {
    locale: mail.locale,
    subject: t(`mail.${mail.kind}.subject`, words),
    greeting: mail.kind === 'support_request' ? null : greetingOf(mail, t),
    sentence: sentenceOf(mail, t(`mail.${mail.kind}.text`, words)),
    facts,
    connect: mail.kind === 'order_activated' ? connectOf(mail, t) : null,
    action: { label: t(`mail.action.${actionOf(mail)}`), href: style.siteUrl + pathOf(mail, style.sealing) },
    settings: settingsOf(mail, t, style),
    seller: style.seller,
  };
  return {
    subject: locals.subject,
    text: textOf(locals),
    html: renderView('mail/message', locals, 'mail', reader),
  };
}

/** What somebody wrote stands as it is; before a copy of it stands what it is. */
function sentenceOf({ kind, data: { message } }: StoredMail, text: string): string {
  if (typeof message !== 'string') return text;
  return kind === 'support_request' ? message : `${text}\n\n${message}`;
}

/** Nobody chooses whether to hear about their account; staff choose which work they hear about. */
function settingsOf({ kind }: StoredMail, t: Translate, { siteUrl }: MailStyle): MailLocals['settings'] {
  if (kind === 'staff_work' || kind === 'staff_digest')
    return { label: t('mail.settings'), href: `${siteUrl}/staff/notices` };
  if (kind === 'support_request' || isAboutAccount(kind)) return null;
  return { label: t('mail.settings'), href: `${siteUrl}/profile` };
}

const greetingOf = ({ first_name: name }: StoredMail, t: Translate) =>
  name === '' ? t('mail.greeting') : t('mail.greeting_by_name', { name });

/** What a message calls the server: its plan, and the name that people know it by. */
function serviceOf({ data: { plan, hostname } }: StoredMail): string {
  if (typeof plan !== 'string') return '';
  return typeof hostname === 'string' && hostname !== '' ? `${plan} (${hostname})` : plan;
}

/** What an invoice is for: a server by its name, or several orders. */
const forOrders = (mail: StoredMail, t: Translate, lines: string): string =>
  lines === ''
    ? t('mail.for_order', { order: String(mail.data.order), service: serviceOf(mail) })
    : t('mail.for_orders', { lines });

/** Several orders, a line each, of a message about all of them. */
function ordersOf({ data }: StoredMail, t: Translate, dayText: (day: string) => string): string {
  const { orders } = data as Pick<MessageData, 'orders'>;
  return (orders ?? [])
    .map(({ id, plan, hostname, paid_until }) =>
      [
        t('common.order_number', { id }),
        plan,
        hostname,
        paid_until && t('orders.shared.paid_until', { day: dayText(paid_until) }),
      ]
        .filter(Boolean)
        .join(' · '),
    )
    .join('\n');
}

/** What orders will cost each period, a line each. */
function pricesOf({ data }: StoredMail, t: Translate, moneyText: (money: Money) => string): string {
  const { prices } = data as unknown as { prices?: (Omit<PricedOrder, 'before' | 'after'> & StoredPrices)[] };
  return (prices ?? [])
    .map(({ id, plan, hostname, months, before, after }) => {
      const [was, will] = [before, after].map(({ amount, currency }) => moneyText(Money.of(amount, currency)));
      const price = was === will ? was : `${was} → ${will}`;
      const period = t('common.per_months', { count: months });
      return [t('common.order_number', { id }), plan, hostname, `${price} / ${period}`].filter(Boolean).join(' · ');
    })
    .join('\n');
}

/** What waits for staff, a line each. */
function workOf({ data }: StoredMail, t: Translate, workCountText: (count: number) => string): string {
  const { work } = data as Pick<MessageData, 'work'>;
  return (work ?? [])
    .map(({ kind, count }) => `${workCountText(count)} · ${t(wordKey(`staff.work.line.${kind}`), { count })}`)
    .join('\n');
}

type PricedOrder = NonNullable<MessageData['prices']>[number];
type StoredPrices = Record<'before' | 'after', { amount: string; currency: string }>;

/** Written before messages had it, a message says what the portal says. */
function connectOf({ data, locale }: StoredMail, t: Translate): MailLocals['connect'] {
  const { connect, ip, hostname } = data as { connect?: Names | null; ip: string; hostname: string };
  return {
    title: t('orders.connect.title'),
    lines: howToConnect(connect ?? null, { ip, hostname }, { locale, t }),
  };
}

const isMoney = (value: unknown): value is { amount: string; currency: string } =>
  typeof value === 'object' && value !== null && 'amount' in value;

const ACCOUNT_ACTIONS = {
  confirm_email: 'confirm',
  already_registered: 'sign_in',
  reset_password: 'choose_password',
  password_changed: 'security',
  new_device: 'security',
  confirm_new_email: 'confirm',
  email_changed: 'take_back',
  second_factor_on: 'security',
  second_factor_off: 'security',
  recovery_code_used: 'security',
  recovery_codes_made: 'security',
  member_invited: 'invitation',
  member_changed: 'sign_in',
  member_removed: 'sign_in',
  staff_invited: 'invitation',
  staff_changed: 'sign_in',
  account_opened: 'choose_password',
  factor_removal_asked: 'stop',
  test_mail: 'sign_in',
  staff_work: 'work_list',
  staff_digest: 'work_list',
} as const satisfies Record<AccountMessageKind, string>;

const actionOf = ({ kind, data }: StoredMail) => {
  if (kind === 'renewal_failed') return 'top_up';
  if (kind === 'renewal_blocked') return 'profile';
  if (kind === 'payment_received' || kind === 'balance_adjusted') return 'balance';
  if (kind === 'orders_renewed' || kind === 'price_change' || kind === 'price_stays') return 'orders';
  if (kind === 'support_request') return 'customer';
  if (kind === 'support_copy' && !data.order) return data.invoice ? 'invoice' : 'support';
  if (kind === 'upgrade_withdrawn') return 'plan_change';
  if (isAboutAccount(kind)) return ACCOUNT_ACTIONS[kind];
  const settled =
    kind === 'support_copy' ||
    kind === 'order_renewed' ||
    kind === 'resumed' ||
    kind === 'plan_changed' ||
    kind === 'options_added';
  return data.invoice && !settled ? 'invoice' : 'order';
};

/** Where there is something to do about it. */
function pathOf(mail: StoredMail, sealing: Sealing): string {
  if (typeof mail.data.link === 'string') return sealing.open(mail.data.link, MAIL_LINK);
  const invoice = mail.data.invoice as { id: number } | undefined;
  switch (actionOf(mail)) {
    case 'work_list':
      return '/staff';
    case 'balance':
      return '/balance';
    case 'orders':
      return '/orders';
    case 'support':
      return '/support';
    case 'customer':
      return `/staff/customers/${typeof mail.data.customer === 'number' ? mail.data.customer : ''}`;
    case 'profile':
      return '/profile';
    case 'top_up':
    case 'invoice':
      return `/invoices/${invoice?.id ?? ''}`;
    case 'order':
      return `/orders/${String(mail.data.order)}`;
    case 'sign_in':
      return '/login';
    case 'security':
    case 'confirm':
    case 'choose_password':
    case 'take_back':
    case 'invitation':
    case 'stop':
      return '/security';
    case 'plan_change':
      return `/orders/${String(mail.data.order)}/plan-change?plan=${encodeURIComponent(String(mail.data.plan_code))}`;
  }
}

function textOf(mail: MailLocals): string {
  const facts = mail.facts.map(({ label, value }) => `${label}: ${value}`);
  const link = ({ label, href }: { label: string; href: string }) => `${label}: ${href}`;
  const connect = mail.connect && [mail.connect.title, ...mail.connect.lines.map(({ text }) => text)].join('\n');
  const foot = ['-- ', mail.seller, mail.settings && link(mail.settings)].filter(Boolean).join('\n');
  return [mail.greeting, mail.sentence, facts.join('\n'), connect, link(mail.action), foot]
    .filter(Boolean)
    .join('\n\n');
}
