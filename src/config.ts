import { isIP } from 'node:net';
import { z } from 'zod';

const emptyIsUnset = (value: unknown) => (value === '' ? undefined : value);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(emptyIsUnset, schema.optional());
const setting = <T extends z.ZodType>(schema: T) => z.preprocess(emptyIsUnset, schema);

const isTimeZone = (zone: string) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

const PROXY_NAMES = ['loopback', 'linklocal', 'uniquelocal'];
const areProxies = (list: string) =>
  list.split(',').every((item) => {
    const [address = '', bits] = item.trim().split('/');
    return (
      PROXY_NAMES.includes(address) || (isIP(address) !== 0 && (bits === undefined || /^\d{1,3}$/.test(bits)))
    );
  });

/** Switches off what is on by default, or has to be decided. */
const OFF = 'off';

const Environment = z.object({
  NODE_ENV: setting(z.enum(['development', 'test', 'production']).default('development')),
  PORT: optional(z.coerce.number().int().min(0).max(65535)),
  HOST: setting(z.string().default('127.0.0.1')),
  PUBLIC_URL: optional(z.url()),
  DATABASE_URL: optional(z.string().min(1)),
  MIGRATION_DATABASE_URL: optional(z.string().min(1)),
  DATABASE_POOL: setting(z.coerce.number().int().min(2).max(200).default(10)),
  DATA_DIR: setting(z.string().default('.data')),
  SESSION_SECRET: optional(z.string().min(1)),
  SANDBOX_SECRET: optional(z.string().min(1)),
  ADMIN_EMAIL: optional(z.email()),
  ADMIN_PASSWORD: optional(z.string().min(1)),
  TIME_ZONE: setting(z.string().refine(isTimeZone, 'is not a time zone').default('UTC')),
  RATES_MAX_AGE_DAYS: optional(z.coerce.number().int().min(1).max(100_000)),
  TOP_UP_MIN: setting(
    z
      .string()
      .regex(/^\d{1,9}(\.\d{1,2})?$/)
      .default('1'),
  ),
  TOP_UP_MAX: setting(
    z
      .string()
      .regex(/^\d{1,9}(\.\d{1,2})?$/)
      .default('10000'),
  ),
  TRUSTED_PROXIES: optional(z.string().refine(areProxies, 'names no addresses, networks or loopback')),
  DRAIN_SECONDS: optional(z.coerce.number().int().min(0).max(300)),
  LOG_LEVEL: setting(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info')),
  SEED_DEMO: optional(z.enum(['true', 'false'])),
  /** One process does one of them; unset, it does both. */
  ROLE: optional(z.enum(['web', 'worker'])),
  SMTP_URL: optional(z.union([z.literal(OFF), z.url({ protocol: /^smtps?$/ })])),
  MAIL_FROM: optional(z.string().min(3)),
  ECB_RATES_URL: setting(z.string().default('https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml')),
  CBR_RATES_URL: setting(z.string().default('https://www.cbr.ru/scripts/XML_daily.asp')),
  SELLER_NAME: setting(z.string().default('Kabinet Hosting')),
  npm_lifecycle_event: optional(z.string()),
  SELLER_DETAILS: setting(z.string().default('')),
});

/** The sign-in password of the demo accounts; production refuses an administrator who would have it. */
export const DEMO_PASSWORD = 'kabinet-demo-2026';

/** Rates older than this many days stop top-ups in another currency than the account's (rule C5). */
const RATES_MAX_AGE_DAYS = 7;

export type Config = ReturnType<typeof parseConfig>;

/** What an operator has to mend before the app can start; the message is one line. */
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
  const production = env.NODE_ENV === 'production';
  if (production) refuseUnsafeProduction(env);
  const demo = env.SEED_DEMO ? env.SEED_DEMO === 'true' : !production;
  return {
    production,
    demo,
    port: env.PORT,
    host: env.HOST,
    publicUrl: env.PUBLIC_URL?.replace(/\/$/, ''),
    databaseUrl: env.DATABASE_URL,
    migrationDatabaseUrl: env.MIGRATION_DATABASE_URL ?? env.DATABASE_URL,
    databasePool: env.DATABASE_POOL,
    dataDir: env.DATA_DIR,
    sessionSecret: env.SESSION_SECRET,
    sandboxSecret: env.SANDBOX_SECRET,
    adminEmail: env.ADMIN_EMAIL,
    adminPassword: env.ADMIN_PASSWORD,
    timeZone: env.TIME_ZONE,
    ratesMaxAgeDays: env.RATES_MAX_AGE_DAYS ?? RATES_MAX_AGE_DAYS,
    topUpMin: env.TOP_UP_MIN,
    topUpMax: env.TOP_UP_MAX,
    trustedProxies: env.TRUSTED_PROXIES?.split(',').map((proxy) => proxy.trim()),
    logLevel: env.LOG_LEVEL,
    /** How long `/readyz` says no before connections are refused, so that the proxy hears it first. */
    drainSeconds: env.DRAIN_SECONDS ?? (production ? 5 : 0),
    viewCache: env.NODE_ENV !== 'development',
    /** npm is our parent; when it is gone, nobody is left to stop us. */
    startedByNpm: env.npm_lifecycle_event === 'start',
    role: env.ROLE,
    smtpUrl: unlessOff(env.SMTP_URL),
    mailFrom: env.MAIL_FROM ?? `${env.SELLER_NAME} <noreply@kabinet.example>`,
    ecbRatesUrl: unlessOff(env.ECB_RATES_URL),
    cbrRatesUrl: unlessOff(env.CBR_RATES_URL),
    seller: { name: env.SELLER_NAME, details: env.SELLER_DETAILS },
  };
}

const unlessOff = (text: string | undefined) => (text === OFF ? undefined : text);

function refuseUnsafeProduction(env: z.infer<typeof Environment>) {
  const problems: string[] = [];
  const required = ['DATABASE_URL', 'SESSION_SECRET', 'ADMIN_EMAIL', 'ADMIN_PASSWORD', 'PUBLIC_URL'] as const;
  for (const name of required) if (!env[name]) problems.push(`${name} is not set`);
  if (env.SESSION_SECRET && env.SESSION_SECRET.length < 32)
    problems.push('SESSION_SECRET is shorter than 32 characters');
  if (env.ADMIN_PASSWORD && (env.ADMIN_PASSWORD.length < 12 || env.ADMIN_PASSWORD === DEMO_PASSWORD))
    problems.push('ADMIN_PASSWORD is the demo password or shorter than 12 characters');
  if (env.ADMIN_EMAIL?.endsWith('@kabinet.example')) problems.push('ADMIN_EMAIL is the demo address');
  if (env.PUBLIC_URL && !env.PUBLIC_URL.startsWith('https://')) problems.push('PUBLIC_URL is not https');
  if (!env.SMTP_URL) problems.push('SMTP_URL is not set; off writes to nobody');
  if (env.SMTP_URL && env.SMTP_URL !== OFF && !env.MAIL_FROM)
    problems.push('MAIL_FROM is not set: who the mails are from');
  for (const name of ['ECB_RATES_URL', 'CBR_RATES_URL'] as const)
    if (env[name] !== OFF && !env[name].startsWith('https://')) problems.push(`${name} is not https`);
  if (!env.TRUSTED_PROXIES)
    problems.push('TRUSTED_PROXIES is not set: cookies are Secure and TLS ends at a proxy');
  if (env.SEED_DEMO === 'true') problems.push('SEED_DEMO is true: the demo accounts have a known password');
  if (problems.length > 0)
    throw new ConfigurationError(`Refusing to start in production: ${problems.join('; ')}`);
}
