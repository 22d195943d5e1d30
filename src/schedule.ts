import type { Logger } from 'pino';
import type { Clock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import type { Db } from './platform/db/database.ts';
import type { Sealing } from './platform/sealing.ts';
import type { Job } from './platform/jobs/jobs.ts';
import { type FetchedSource, fetchRates } from './domain/rates/fetch-rates.ts';
import { loadSiteConfig } from './domain/settings/settings-queries.ts';
import { listCurrencies } from './domain/rates/rate-queries.ts';
import { forgetOldLinks } from './domain/identity/account-links.ts';
import { forgetOldInvitations } from './domain/identity/invitations.ts';
import { forgetOldSignIns } from './domain/identity/sign-in-history.ts';
import { removeUnconfirmedAccounts } from './domain/accounts/register.ts';
import { removeDueFactors } from './domain/staff/factor-removals.ts';
import { runBilling } from './domain/billing/run-billing.ts';
import { writeDigests, writeNoticesAtOnce } from './domain/desk/staff-notices.ts';
import { noteOutage } from './mail/outage.ts';
import { keepMails, type MailTransport, sendMails } from './mail/send-mails.ts';

/** What a job works with. */
export interface JobContext {
  db: Db;
  clock: Clock;
  config: Config;
  /** Null where no mail server is configured. */
  transport: MailTransport | null;
  log: Logger;
  sealing: Sealing;
  /** Where links in mails lead. */
  siteUrl: () => string;
}

const ours = ({ config }: JobContext) => config.timeZone;

const fetching =
  (source: FetchedSource, url: (config: Config) => string | undefined) =>
  async ({ db, clock, config }: JobContext) => {
    const address = url(config);
    if (address) await fetchRates(db, clock, source, { url: address });
  };

/** All scheduled work. */
export const SCHEDULE: Job<JobContext>[] = [
  {
    name: 'billing',
    cron: '15 3 * * *',
    tz: ours,
    expires: 6 * 3600,
    // Days that staff ask for are not all the same day.
    policy: 'standard',
    catchUp: true,
    async work({ db, clock, config, log }, data) {
      const asked = (data ?? {}) as { day?: string; userId?: number };
      const site = await loadSiteConfig(db, config, clock.today());
      if (site.maintenance) return log.warn('billing waits: the portal is under maintenance');
      const { runId, failures } = await runBilling(db, clock, site.seller, {
        day: asked.day ?? clock.today(),
        startedBy: asked.userId === undefined ? 'schedule' : 'staff',
        userId: asked.userId ?? null,
      });
      if (failures > 0) log.error({ run: runId, failures }, 'billing failed for some');
    },
  },
  {
    name: 'mail',
    cron: '* * * * *',
    tz: ours,
    expires: 3600,
    policy: 'stately',
    catchUp: false,
    async work({ db, clock, config, transport, log, sealing, siteUrl }, _data, signal) {
      if (!transport) return keepMails(db);
      const site = await loadSiteConfig(db, config, clock.today());
      const settings = {
        currencies: await listCurrencies(db),
        timeZone: config.timeZone,
        siteUrl: siteUrl(),
        seller: site.seller.name,
        sealing,
        from: site.mailFrom,
        supportEmail: site.supportEmail,
      };
      noteOutage(log, transport, await sendMails(db, clock, transport, settings, signal));
    },
  },
  {
    name: 'accounts',
    cron: '30 4 * * *',
    tz: ours,
    expires: 1800,
    policy: 'stately',
    catchUp: false,
    async work({ db, clock }) {
      await forgetOldSignIns(db, clock);
      await forgetOldLinks(db, clock);
      await forgetOldInvitations(db, clock);
      await removeUnconfirmedAccounts(db, clock);
    },
  },
  {
    name: 'second-factors',
    cron: '*/10 * * * *',
    tz: ours,
    expires: 600,
    policy: 'stately',
    catchUp: false,
    async work({ db, clock }) {
      await removeDueFactors(db, clock);
    },
  },
  {
    name: 'staff-notices',
    cron: '*/5 * * * *',
    tz: ours,
    expires: 300,
    policy: 'stately',
    catchUp: false,
    async work({ db, clock, config }) {
      await writeNoticesAtOnce(db, clock, config.timeZone);
    },
  },
  {
    name: 'staff-digest',
    cron: '0 8 * * *',
    tz: ours,
    expires: 1800,
    policy: 'stately',
    catchUp: true,
    async work({ db, clock, config }) {
      await writeDigests(db, clock, config.timeZone);
    },
  },
  // The ECB publishes about 16:00 on working days; the Bank of Russia sets tomorrow's rates in the afternoon.
  {
    name: 'rates-ecb',
    cron: '30 16 * * 1-5',
    tz: () => 'Europe/Berlin',
    expires: 1800,
    policy: 'stately',
    catchUp: true,
    work: fetching('ecb', (config) => config.ecbRatesUrl),
  },
  {
    name: 'rates-cbr',
    cron: '0 18 * * *',
    tz: () => 'Europe/Moscow',
    expires: 1800,
    policy: 'stately',
    catchUp: true,
    work: fetching('cbr', (config) => config.cbrRatesUrl),
  },
];
