import { type Translate, type WordKey } from '../../platform/i18n/i18n.ts';
import { Money } from '../../domain/money/money.ts';
import { PROFILE_FIELDS } from '../../domain/customers/profile.ts';

/** The names of details that have words of their own (`terms.audit_detail`); those of a profile have the profile's. */
export const AUDIT_DETAILS = [
  'active',
  'address',
  'addresses',
  'alarm_below',
  'automatic',
  'bank',
  'category',
  'connect',
  'credited',
  'currency',
  'customer_second_factor',
  'disabled',
  'dns',
  'due_days',
  'effective_on',
  'enabled',
  'ended',
  'fields',
  'gateway',
  'grace_days',
  'hidden',
  'invoice_days',
  'ip',
  'kind',
  'location',
  'locations',
  'mail_from',
  'maintenance',
  'maintenance_text',
  'markup',
  'name',
  'order',
  'password_min_length',
  'periods',
  'remind_days',
  'position',
  'priced',
  'prices',
  'proposal',
  'proposed',
  'provisioning',
  'rate',
  'rate_source',
  'rates_max_age_days',
  'refunds',
  'registration',
  'rest_days',
  'role',
  'running',
  'shown',
  'specification',
  'stock',
  'stored',
  'superseded',
  'support_email',
  'support_text',
  'suspended_days',
  'terms_url',
  'terms_version',
  'top_up_max',
  'top_up_min',
  'unchanged',
  'until',
  'user',
  'valid_from',
  'vat',
  'vlan',
] as const;

const PROFILE_NAMES: readonly string[] = PROFILE_FIELDS.map(({ name }) => name);

type Details = Record<string, unknown>;

interface Helpers {
  t: Translate;
  moneyText: (money: Money) => string;
  staffRoleText: (role: string) => string;
}

/** What an entry of the audit log says of what changed, as short sentences: a name with its value, or before → after. */
export function auditTexts(details: Details, helpers: Helpers): string[] {
  const { before, after, ...rest } = details;
  const shown = isMoney(rest) ? { ...rest, ...moneyOf(rest, before, after, helpers) } : rest;
  const texts = Object.entries(shown)
    .filter(([, value]) => !(Array.isArray(value) && value.length === 0) && value !== undefined)
    .map(([name, value]) => sentence(name, textOf(name, value, helpers), helpers));
  return [...texts, ...(isMoney(rest) ? [] : changes(before, after, rest, helpers))];
}

/** Of an adjustment: the amounts are decimals of its currency. */
const isMoney = (details: Details): details is Details & { amount: string; currency: string } =>
  typeof details['amount'] === 'string' && typeof details['currency'] === 'string';

function moneyOf(
  { amount, currency }: { amount: string; currency: string },
  before: unknown,
  after: unknown,
  { moneyText }: Helpers,
): Details {
  const text = (value: unknown) => moneyText(Money.of(String(value), currency));
  // Its number is the log's own.
  return { amount: text(amount), currency: undefined, adjustment: undefined, '': `${text(before)} → ${text(after)}` };
}

/** What was before and is after; where only what was is kept, what is now stands beside it. */
function changes(before: unknown, after: unknown, rest: Details, helpers: Helpers): string[] {
  if (before === undefined) return [];
  if (!isDetails(before)) return [`${textOf('', before, helpers)} → ${textOf('', after, helpers)}`];
  const now = isDetails(after) ? after : rest;
  return Object.entries(before)
    .filter(([name, value]) => value !== now[name])
    .map(([name, value]) =>
      sentence(name, `${textOf(name, value, helpers)} → ${textOf(name, now[name], helpers)}`, helpers),
    );
}

const isDetails = (value: unknown): value is Details => typeof value === 'object' && value !== null;

function sentence(name: string, text: string, { t }: Helpers): string {
  const label = labelOf(name, t);
  return label === '' ? text : `${label}: ${text}`;
}

function labelOf(name: string, t: Translate): string {
  if (PROFILE_NAMES.includes(name)) return t(`terms.profile_field.${name}` as WordKey);
  const known = AUDIT_DETAILS.find((detail) => detail === name);
  if (known) return t(`terms.audit_detail.${known}`);
  return name === 'amount' ? '' : name;
}

function textOf(name: string, value: unknown, { t, staffRoleText }: Helpers): string {
  if (typeof value === 'boolean') return t(value ? 'common.on' : 'common.off');
  if (Array.isArray(value)) return value.join(', ');
  if (name === 'role') return staffRoleText(String(value));
  if (value === null || value === undefined || value === '') return '—';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
