import { z } from 'zod';
import type { Config } from '../../platform/config.ts';
import { isAtMost, limit, mailbox } from '../../platform/setting-checks.ts';

const names = z.strictObject({ en: z.string().max(2000), ru: z.string().max(2000) });

/** What staff can set by pages, with what it has to be. */
export const SETTINGS = {
  registration: z.enum(['open', 'invitation', 'closed']),
  terms_url: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]),
  terms_version: z.string().max(60),
  password_min_length: z.int().min(8).max(64),
  customer_second_factor: z.enum(['optional', 'required']),
  top_up_min: limit,
  top_up_max: limit,
  rates_max_age_days: z.int().min(1).max(365),
  mail_from: mailbox,
  support_email: z.email(),
  support_text: names,
  maintenance: z.boolean(),
  maintenance_text: names,
} as const;

export type SettingName = keyof typeof SETTINGS;
export type Settings = { [Name in SettingName]?: z.infer<(typeof SETTINGS)[Name]> };

/** The variable of the environment that says the same, and wins. */
const VARIABLE_OF: Partial<Record<SettingName, string>> = {
  registration: 'REGISTRATION',
  terms_url: 'TERMS_URL',
  terms_version: 'TERMS_VERSION',
  password_min_length: 'PASSWORD_MIN_LENGTH',
  customer_second_factor: 'CUSTOMER_SECOND_FACTOR',
  top_up_min: 'TOP_UP_MIN',
  top_up_max: 'TOP_UP_MAX',
  rates_max_age_days: 'RATES_MAX_AGE_DAYS',
  mail_from: 'MAIL_FROM',
  support_email: 'SUPPORT_EMAIL',
};

/** The variable that decides a setting; undefined where staff do. */
export function decidedBy(config: Pick<Config, 'environment'>, name: SettingName): string | undefined {
  const variable = VARIABLE_OF[name];
  return variable !== undefined && config.environment.has(variable) ? variable : undefined;
}

/** Rows of the table `settings` as they can be used; what is not known any more, or is no longer right, is left out. */
export function readSettings(rows: { name: string; value: unknown }[]): Settings {
  const read: Record<string, unknown> = {};
  for (const { name, value } of rows) {
    if (!(name in SETTINGS)) continue;
    const parsed = SETTINGS[name as SettingName].safeParse(value);
    if (parsed.success) read[name] = parsed.data;
  }
  return read;
}

/** The configuration with what staff have set; the environment wins. */
export function withSettings(config: Config, stored: Settings): Config {
  const set = Object.fromEntries(
    Object.entries(stored).filter(([name]) => decidedBy(config, name as SettingName) === undefined),
  ) as Settings;
  const {
    registration = config.registration,
    password_min_length: passwordMinLength = config.passwordMinLength,
    rates_max_age_days: ratesMaxAgeDays = config.ratesMaxAgeDays,
    mail_from: mailFrom = config.mailFrom,
    support_email: supportEmail = config.supportEmail,
    support_text: supportText,
    terms_url: termsUrl = config.terms?.url ?? '',
    terms_version: termsVersion = config.terms?.version ?? '',
  } = set;
  const [topUpMin, topUpMax] = [set.top_up_min ?? config.topUpMin, set.top_up_max ?? config.topUpMax];
  return {
    ...config,
    registration,
    passwordMinLength,
    ratesMaxAgeDays,
    mailFrom,
    supportEmail,
    supportText: supportText && (supportText.en || supportText.ru) ? supportText : config.supportText,
    terms: termsUrl ? { url: termsUrl, version: termsVersion } : null,
    customersNeedSecondFactor: set.customer_second_factor
      ? set.customer_second_factor === 'required'
      : config.customersNeedSecondFactor,
    // One of them from the environment, the other from a page: limits that leave nothing are none.
    ...(isAtMost(topUpMin, topUpMax) && { topUpMin, topUpMax }),
    maintenance: set.maintenance ? (set.maintenance_text ?? { en: '', ru: '' }) : null,
  };
}
