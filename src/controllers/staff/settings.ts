import { z } from 'zod';
import type { Config } from '../../platform/config.ts';
import { NotFound } from '../../domain/errors.ts';
import { askForBilling } from '../../domain/staff/ask-for-billing.ts';
import { enqueueUserMail } from '../../domain/notifications/enqueue-user-mail.ts';
import { saveSettings } from '../../domain/settings/save-settings.ts';
import { loadSettings } from '../../domain/settings/settings-queries.ts';
import { decidedBy, SETTINGS, type SettingName, type Settings } from '../../domain/settings/settings.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { isAtMost } from '../../platform/setting-checks.ts';
import { setFlash } from '../../web/flash.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';

/** The pages of settings that are plain fields, with what each has. */
const GROUPS = {
  registration: ['registration', 'terms_url', 'terms_version', 'password_min_length', 'customer_second_factor'],
  'top-ups': ['top_up_min', 'top_up_max', 'rates_max_age_days'],
  mail: ['mail_from', 'support_email'],
  texts: ['support_text'],
  maintenance: ['maintenance', 'maintenance_text'],
} as const satisfies Record<string, readonly SettingName[]>;
type Group = keyof typeof GROUPS;

/** As the words of each are called. */
const WORDS_OF = {
  registration: 'registration',
  'top-ups': 'top_ups',
  mail: 'mail',
  texts: 'texts',
  maintenance: 'maintenance',
} as const satisfies Record<Group, string>;

const LANGUAGES = ['en', 'ru'] as const;
const Sent = z.record(z.string(), z.unknown());

/** The first page of the settings. */
export function leadToSettings({ res }: StaffRequest) {
  res.redirect(303, '/staff/settings/seller');
}

/** Some settings: what is not set by the environment can be changed. */
export async function showSettings(context: StaffRequest) {
  const group = groupOf(context);
  const refused = refusedForm(context.req, '/staff/settings/:group', Sent);
  await renderSettings(context, group, refused ? readSent(context, group, refused.typed) : null);
}

export async function submitSettings(context: StaffRequest) {
  const { req, res, db, clock, config, jobs, viewer, t } = context;
  const group = groupOf(context);
  const sent = readSent(context, group, (req.body ?? {}) as Record<string, unknown>);
  if (Object.keys(sent.faults).length > 0) return renderSettings(context, group, sent, 422);
  await saveSettings(db, clock, { by: viewer.userId, settings: sent.settings, reason: '' });
  // The nights that have passed meanwhile are made up for at once.
  if (config.maintenance && sent.settings.maintenance === false)
    await askForBilling(db, clock, jobs, { day: clock.today(), userId: viewer.userId });
  setFlash(req, 'success', t('staff.settings.flash.saved'));
  res.redirect(303, `/staff/settings/${group}`);
}

/** Writes to whoever asks, to see that mail arrives. */
export async function submitTestMail(context: StaffRequest) {
  const { req, res, db, clock, config, viewer, t } = context;
  await inTransaction(db, (trx) =>
    enqueueUserMail(trx, clock, { userId: viewer.userId, kind: 'test_mail', data: { at: clock.now() } }),
  );
  if (config.smtpUrl === undefined) setFlash(req, 'info', t('staff.settings.flash.test_mail_kept'));
  else setFlash(req, 'success', t('staff.settings.flash.test_mail', { email: viewer.email }));
  res.redirect(303, '/staff/settings/mail');
}

/** @throws {NotFound} */
function groupOf({ req }: StaffRequest): Group {
  const group = (Object.keys(GROUPS) as Group[]).find((each) => each === req.params['group']);
  if (!group) throw new NotFound();
  return group;
}

interface SentSettings {
  typed: Record<string, string>;
  settings: Settings;
  /** The names of fields whose values cannot be kept. */
  faults: Record<string, true>;
}

/** How a setting is typed. */
type Kind = 'choice' | 'number' | 'line' | 'tick' | 'texts';

const KIND_OF: Record<SettingName, Kind> = {
  registration: 'choice',
  terms_url: 'line',
  terms_version: 'line',
  password_min_length: 'number',
  customer_second_factor: 'choice',
  top_up_min: 'line',
  top_up_max: 'line',
  rates_max_age_days: 'number',
  mail_from: 'line',
  support_email: 'line',
  support_text: 'texts',
  maintenance: 'tick',
  maintenance_text: 'texts',
};

function readSent({ config }: StaffRequest, group: Group, body: Record<string, unknown>): SentSettings {
  const sent: SentSettings = { typed: {}, settings: {}, faults: {} };
  for (const name of GROUPS[group]) {
    // What the environment says is no field.
    if (decidedBy(config, name)) continue;
    const value = valueOf(name, body, sent.typed);
    const parsed = SETTINGS[name].safeParse(value);
    if (parsed.success) Object.assign(sent.settings, { [name]: parsed.data });
    else sent.faults[KIND_OF[name] === 'texts' ? `${name}_en` : name] = true;
  }
  const { top_up_min: least = config.topUpMin, top_up_max: most = config.topUpMax } = sent.settings;
  if (group === 'top-ups' && !isAtMost(least, most)) sent.faults['top_up_max'] = true;
  const { terms_url, terms_version } = sent.settings;
  // What customers agree to has a version, so that it can be told which.
  if (group === 'registration' && terms_url && terms_version === '') sent.faults['terms_version'] = true;
  return sent;
}

function valueOf(name: SettingName, body: Record<string, unknown>, typed: Record<string, string>): unknown {
  const read = (field: string) => {
    const value = body[field];
    return (typed[field] = typeof value === 'string' ? value.trim() : '');
  };
  switch (KIND_OF[name]) {
    case 'texts':
      return Object.fromEntries(LANGUAGES.map((language) => [language, read(`${name}_${language}`)]));
    case 'tick':
      return read(name) !== '';
    case 'number': {
      const text = read(name);
      return /^\d{1,6}$/.test(text) ? Number(text) : text;
    }
    case 'choice':
    case 'line':
      return read(name);
  }
}

async function renderSettings(context: StaffRequest, group: Group, sent: SentSettings | null, status = 200) {
  await renderPage(context, 'staff/settings', await settingsPage(context, group, sent), { status });
}

/** What is in force, as it is typed. */
function presentText(name: SettingName, config: Config, stored: Settings): Record<string, string> {
  const value: unknown = {
    registration: config.registration,
    terms_url: config.terms?.url ?? '',
    terms_version: config.terms?.version ?? '',
    password_min_length: config.passwordMinLength,
    customer_second_factor: config.customersNeedSecondFactor ? 'required' : 'optional',
    top_up_min: config.topUpMin,
    top_up_max: config.topUpMax,
    rates_max_age_days: config.ratesMaxAgeDays,
    mail_from: config.mailFrom,
    support_email: config.supportEmail,
    support_text: stored.support_text ?? {},
    maintenance: config.maintenance ? '1' : '',
    maintenance_text: stored.maintenance_text ?? {},
  }[name];
  if (KIND_OF[name] !== 'texts') return { [name]: String(value) };
  const texts = value as Partial<Record<string, string>>;
  return Object.fromEntries(LANGUAGES.map((language) => [`${name}_${language}`, texts[language] ?? '']));
}

async function settingsPage(context: StaffRequest, group: Group, sent: SentSettings | null) {
  const { db, config, t } = context;
  const stored = await loadSettings(db);
  const fields = GROUPS[group].flatMap((name) => {
    const present = presentText(name, config, stored);
    const variable = decidedBy(config, name) ?? null;
    return Object.keys(present).map((field) => {
      const language = KIND_OF[name] === 'texts' ? field.slice(-2) : null;
      const label = t(`staff.settings.field.${name}`);
      return {
        name: field,
        kind: KIND_OF[name],
        label: language === null ? label : `${label}, ${language === 'en' ? 'English' : 'Русский'}`,
        hint: language === 'ru' ? '' : t(`staff.settings.hint.${name}`),
        value: sent?.typed[field] ?? present[field] ?? '',
        variable,
        options: optionsOf(name, context),
        error: sent?.faults[field] ? t(`staff.settings.fault.${name}`) : null,
      };
    });
  });
  return {
    title: t('staff.settings.title'),
    group,
    heading: t(`staff.settings.group.${WORDS_OF[group]}`),
    about: t(`staff.settings.about.${WORDS_OF[group]}`),
    fields,
    /** Where mail goes out; null: it goes nowhere. */
    mailServer: group === 'mail' ? mailServerOf(config) : null,
    errors: fields.flatMap(({ name, label, error }) =>
      error === null ? [] : [{ href: `#${name}`, text: `${label}: ${error}` }],
    ),
  };
}
export type SettingsPage = PageOf<typeof settingsPage>;
export type SettingsField = SettingsPage['fields'][number];

function optionsOf(name: SettingName, { t }: StaffRequest) {
  if (name === 'registration')
    return SETTINGS.registration.options.map((value) => ({ value, label: t(`staff.settings.registration.${value}`) }));
  if (name === 'customer_second_factor')
    return SETTINGS.customer_second_factor.options.map((value) => ({
      value,
      label: t(`staff.settings.second_factor.${value}`),
    }));
  return [];
}

/** Its address without what signs in there. */
const mailServerOf = ({ smtpUrl }: Config): string => (smtpUrl === undefined ? '' : new URL(smtpUrl).host);
