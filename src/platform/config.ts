import { z } from 'zod';
import type { Names } from './i18n/names.ts';
import {
  encryptionKey,
  isAtMost,
  limit,
  mailbox,
  mailboxOf,
  networks,
  proxies,
  secret,
  siteAddress,
  timeZone,
} from './setting-checks.ts';

const emptyIsUnset = (value: unknown) => (value === '' ? undefined : value);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(emptyIsUnset, schema.optional());
const setting = <T extends z.ZodType>(schema: T) => z.preprocess(emptyIsUnset, schema);

/** Switches off what is on by default, or has to be decided. */
const OFF = 'off';

const Environment = z.object({
  // What this process is.
  NODE_ENV: setting(z.enum(['development', 'test', 'production']).default('development')),
  /** One process does one of them; unset, it does both. */
  ROLE: optional(z.enum(['web', 'worker'])),
  LOG_LEVEL: setting(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info')),
  TIME_ZONE: setting(timeZone.default('UTC')),
  /** Set by npm: the script that it runs. */
  npm_lifecycle_event: optional(z.string()),

  // Where it is reached.
  HOST: setting(z.string().default('127.0.0.1')),
  PORT: optional(z.coerce.number().int().min(0).max(65535)),
  PUBLIC_URL: optional(siteAddress),
  TRUSTED_PROXIES: optional(proxies),
  DRAIN_SECONDS: optional(z.coerce.number().int().min(0).max(300)),

  // What it stores, and where.
  DATABASE_URL: optional(z.string().min(1)),
  MIGRATION_DATABASE_URL: optional(z.string().min(1)),
  DATABASE_POOL: setting(z.coerce.number().int().min(2).max(200).default(10)),
  PREPARED_STATEMENTS: setting(z.enum(['on', 'off']).default('on')),
  DATA_DIR: setting(z.string().default('.data')),

  // Secrets and first accounts.
  SESSION_SECRET: optional(secret),
  ENCRYPTION_KEY: optional(encryptionKey),
  ENCRYPTION_KEY_FILE: optional(z.string()),
  /** The former one, while it is being replaced. */
  ENCRYPTION_KEY_PREVIOUS: optional(encryptionKey),
  SANDBOX_SECRET: optional(secret),
  ADMIN_EMAIL: optional(z.email()),
  ADMIN_PASSWORD: optional(z.string().min(1)),
  SEED_DEMO: optional(z.enum(['true', 'false'])),

  // Who comes in, and how.
  REGISTRATION: setting(z.enum(['open', 'invitation', 'closed']).default('open')),
  TERMS_URL: optional(z.url({ protocol: /^https?$/ })),
  TERMS_VERSION: optional(z.string().max(60)),
  PASSWORD_MIN_LENGTH: setting(z.coerce.number().int().min(8).max(64).default(12)),
  /** Whether customers need a second factor; staff do in production. */
  CUSTOMER_SECOND_FACTOR: setting(z.enum(['optional', 'required']).default('optional')),
  STAFF_ADDRESSES: optional(networks),

  // The seller on invoices, and mail in their name.
  SELLER_NAME: optional(z.string()),
  SELLER_DETAILS: optional(z.string()),
  SMTP_URL: optional(z.union([z.literal(OFF), z.url({ protocol: /^smtps?$/ })])),
  MAIL_FROM: optional(mailbox),
  /** Whom customers write to. */
  SUPPORT_EMAIL: optional(z.email()),

  // Top-ups and the rates they are converted at.
  TOP_UP_MIN: setting(limit.default('1')),
  TOP_UP_MAX: setting(limit.default('10000')),
  RATES_MAX_AGE_DAYS: optional(z.coerce.number().int().min(1).max(100_000)),
  ECB_RATES_URL: setting(z.string().default('https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml')),
  CBR_RATES_URL: setting(z.string().default('https://www.cbr.ru/scripts/XML_daily.asp')),
});

/** The sign-in password of the demo accounts; production refuses an administrator who would have it. */
export const DEMO_PASSWORD = 'kabinet-demo-2026';

/** Rates older than this many days stop top-ups in another currency than the account's (rule C5). */
const RATES_MAX_AGE_DAYS = 7;

export type Config = ReturnType<typeof parseConfig>;

/** A configuration error that an operator has to fix before the app can start; the message is one line. */
export class ConfigurationError extends Error {}

/**
 * Parses the environment once; nothing else in the application reads `process.env`.
 * @throws {ConfigurationError} naming every variable that is missing or wrong.
 */
export function parseConfig(environment: Record<string, string | undefined>) {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigurationError(`Configuration: ${problems.join('; ')}`);
  }
  const env = parsed.data;
  if (!isAtMost(env.TOP_UP_MIN, env.TOP_UP_MAX))
    throw new ConfigurationError('Configuration: TOP_UP_MIN: is above TOP_UP_MAX');
  const production = env.NODE_ENV === 'production';
  if (production) refuseUnsafeProduction(env);
  const demo = env.SEED_DEMO ? env.SEED_DEMO === 'true' : !production;
  const seller = { name: env.SELLER_NAME ?? (production ? '' : 'Kabinet Hosting'), details: env.SELLER_DETAILS ?? '' };
  return {
    /** The variables that are set: they win over what staff set by pages. */
    environment: namesOf(environment),
    production,
    demo,
    role: env.ROLE,
    logLevel: env.LOG_LEVEL,
    timeZone: env.TIME_ZONE,
    /** Templates, styles and scripts that are changed are read again. */
    watchFiles: env.NODE_ENV === 'development',
    /** npm is the parent process; when it is gone, nothing is left that would stop this one. */
    startedByNpm: env.npm_lifecycle_event === 'start',

    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL,
    trustedProxies: env.TRUSTED_PROXIES?.split(',').map((proxy) => proxy.trim()),
    /** How long `/readyz` fails before connections are refused, so that the proxy notices. */
    drainSeconds: env.DRAIN_SECONDS ?? (production ? 5 : 0),

    databaseUrl: env.DATABASE_URL,
    migrationDatabaseUrl: env.MIGRATION_DATABASE_URL ?? env.DATABASE_URL,
    databasePool: env.DATABASE_POOL,
    preparedStatements: env.PREPARED_STATEMENTS === 'on',
    dataDir: env.DATA_DIR,

    sessionSecret: env.SESSION_SECRET,
    sandboxSecret: env.SANDBOX_SECRET,
    encryptionKey: env.ENCRYPTION_KEY,
    encryptionKeyFile: env.ENCRYPTION_KEY_FILE,
    encryptionKeyPrevious: env.ENCRYPTION_KEY_PREVIOUS,
    adminEmail: env.ADMIN_EMAIL,
    adminPassword: env.ADMIN_PASSWORD,

    registration: env.REGISTRATION,
    /** What one agrees to when registering; null where nothing is asked. */
    terms: env.TERMS_URL ? { url: env.TERMS_URL, version: env.TERMS_VERSION ?? '' } : null,
    passwordMinLength: env.PASSWORD_MIN_LENGTH,
    customersNeedSecondFactor: env.CUSTOMER_SECOND_FACTOR === 'required',
    staffAddresses: env.STAFF_ADDRESSES ?? null,

    seller,
    smtpUrl: unlessOff(env.SMTP_URL),
    supportEmail: env.SUPPORT_EMAIL ?? 'support@kabinet.example',
    mailFrom: env.MAIL_FROM ?? mailboxOf(seller.name, 'noreply@kabinet.example'),

    /** Above the contact form, by language; null: nothing. */
    supportText: null as Names | null,
    /** Customers read, and nothing is ordered or paid; by language, what they are told. Null: open. */
    maintenance: null as Names | null,

    topUpMin: env.TOP_UP_MIN,
    topUpMax: env.TOP_UP_MAX,
    ratesMaxAgeDays: env.RATES_MAX_AGE_DAYS ?? RATES_MAX_AGE_DAYS,
    ecbRatesUrl: unlessOff(env.ECB_RATES_URL),
    cbrRatesUrl: unlessOff(env.CBR_RATES_URL),
  };
}

const namesOf = (environment: Record<string, string | undefined>): ReadonlySet<string> =>
  new Set(Object.keys(environment).filter((name) => environment[name] !== undefined && environment[name] !== ''));

const unlessOff = (text: string | undefined) => (text === OFF ? undefined : text);

const REQUIRED = [
  'DATABASE_URL',
  'SESSION_SECRET',
  'PUBLIC_URL',
  'TRUSTED_PROXIES',
  'SMTP_URL',
  'SUPPORT_EMAIL',
] as const;

const WHY: Partial<Record<(typeof REQUIRED)[number], string>> = {
  TRUSTED_PROXIES: ': cookies are Secure and TLS ends at a proxy',
  SMTP_URL: '; off writes to nobody',
  SUPPORT_EMAIL: ': customers have to be able to write to somebody',
};

function refuseUnsafeProduction(env: z.infer<typeof Environment>) {
  const problems: string[] = [];
  for (const name of REQUIRED) if (!env[name]) problems.push(`${name} is not set${WHY[name] ?? ''}`);
  if (env.SESSION_SECRET && env.SESSION_SECRET.length < 32)
    problems.push('SESSION_SECRET is shorter than 32 characters');
  if (!env.ENCRYPTION_KEY && !env.ENCRYPTION_KEY_FILE)
    problems.push('ENCRYPTION_KEY is not set: 32 bytes in base64, which keep second factors secret');
  if (env.TERMS_URL && !env.TERMS_VERSION) problems.push('TERMS_VERSION is not set: what customers agree to has one');
  if (env.ADMIN_PASSWORD && (env.ADMIN_PASSWORD.length < 12 || env.ADMIN_PASSWORD === DEMO_PASSWORD))
    problems.push('ADMIN_PASSWORD is the demo password or shorter than 12 characters');
  if (env.ADMIN_EMAIL?.endsWith('@kabinet.example')) problems.push('ADMIN_EMAIL is the demo address');
  if (env.PUBLIC_URL && !env.PUBLIC_URL.startsWith('https://')) problems.push('PUBLIC_URL is not https');
  if (env.SMTP_URL && env.SMTP_URL !== OFF && !env.MAIL_FROM)
    problems.push('MAIL_FROM is not set: who the mails are from');
  for (const name of ['ECB_RATES_URL', 'CBR_RATES_URL'] as const)
    if (env[name] !== OFF && !env[name].startsWith('https://')) problems.push(`${name} is not https`);
  if (env.SEED_DEMO === 'true') problems.push('SEED_DEMO is true: the demo accounts have a known password');
  if (problems.length > 0) throw new ConfigurationError(`Refusing to start in production: ${problems.join('; ')}`);
}
