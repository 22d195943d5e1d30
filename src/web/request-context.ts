import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { DatabaseHealth } from '../platform/db/database-health.ts';
import type { Db } from '../platform/db/database.ts';
import { type Translate, translator } from '../platform/i18n/i18n.ts';
import type { Locale } from '../platform/i18n/locale.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import type { Sealing } from '../platform/sealing.ts';
import type { NotifiedCaches } from '../platform/db/notified-caches.ts';
import type { SiteConfig } from '../domain/settings/site-config.ts';
import type { CatalogCache } from '../domain/catalog/catalog-cache.ts';
import type { RateCache } from '../domain/rates/rate-cache.ts';
import type { CustomerViewer, StaffViewer, Viewer } from '../domain/identity/user-queries.ts';
import type { AccountLimits } from '../domain/identity/account-limits.ts';
import type { SignInThrottle } from '../domain/identity/sign-in-throttle.ts';
import type { Gateways } from '../domain/gateways/gateway.ts';
import type { PendingSignIns } from './middleware/pending-sign-ins.ts';
import type { KnownDevices } from './middleware/known-devices.ts';
import { localeOf } from './middleware/locale.ts';
import { configOf } from './middleware/site-config.ts';
import { viewerOf } from './middleware/viewer.ts';
import type { AppPassport } from './middleware/passport.ts';
import { helpersFor } from './rendering/render-view.ts';
import type { ViewHelpers } from './rendering/view-helpers.ts';

export interface Lifecycle {
  /** Set when the process was told to stop, so that the proxy sees `/readyz` fail before connections are refused. */
  stopping: boolean;
}

/** What handlers work with, made once when the process starts: see src/services.ts. */
export interface Services {
  config: Config;
  clock: Clock;
  db: Db;
  health: DatabaseHealth;
  log: Logger;
  caches: NotifiedCaches;
  rates: RateCache;
  catalog: CatalogCache;
  /** The configuration with what staff have set; `config` of a request is this one. */
  siteConfig: SiteConfig;
  gateways: Gateways;
  passport: AppPassport;
  throttle: SignInThrottle;
  accountLimits: AccountLimits;
  devices: KnownDevices;
  pending: PendingSignIns;
  sealing: Sealing;
  jobs: Jobs;
  lifecycle: Lifecycle;
  /** The sandbox bank's signing secret; null in production, where there is no such bank. */
  sandboxSecret: string | null;
}

/** One request and its answer, with who asks and in which language; `V` is what the route's guard let in. */
export interface RequestContext<V = Viewer | null> extends Services {
  req: Request;
  res: Response;
  viewer: V;
  locale: Locale;
  t: Translate;
  /** The views' helpers, for the few texts that a controller makes itself: tips of a chart, a flash, a PDF. */
  helpers(locale?: Locale): Promise<ViewHelpers>;
}

/** What a handler gets, and what the error pages are made with. */
export function contextOf<V>(services: Services, req: Request, res: Response, viewer: V): RequestContext<V> {
  const locale = localeOf(req);
  const config = configOf(res, services);
  const helpers = async (language = locale) => {
    const [{ currencies }, catalog] = await Promise.all([services.rates.current(), services.catalog.current()]);
    return helpersFor({
      locale: language,
      currencies,
      catalog,
      timeZone: config.timeZone,
      ...readerOf(viewerOf(req)),
    });
  };
  return { ...services, config, req, res, viewer, locale, t: translator(locale), helpers };
}

/** What pages are written for: the currency of a customer's account, and what the viewer may do. */
export const readerOf = (viewer: Viewer | null) => ({
  account: viewer?.kind === 'customer' ? viewer.balance.currency : undefined,
  rights: viewer && viewer.kind !== 'lone' ? viewer.rights : undefined,
  isStaff: viewer?.kind === 'staff',
});

export type CustomerRequest = RequestContext<CustomerViewer>;
export type StaffRequest = RequestContext<StaffViewer>;

export type Handler<V> = (context: RequestContext<V>) => Promise<void> | void;
