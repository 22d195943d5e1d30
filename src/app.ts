import compression from 'compression';
import express, { type Express, type Response } from 'express';
import { deadline } from './web/middleware/deadline.ts';
import { errorPages, nothingHere } from './web/middleware/error-pages.ts';
import { formReaders } from './web/middleware/form-readers.ts';
import { noStore } from './web/middleware/no-store.ts';
import { watchProxy } from './web/middleware/proxy-check.ts';
import { redirectsWithoutBody } from './web/middleware/redirects.ts';
import { requestLog } from './web/middleware/request-log.ts';
import { allowOnlyFormMethods, rejectMalformedTargets } from './web/middleware/request-shape.ts';
import { sameSite } from './web/middleware/same-site.ts';
import { securityHeaders } from './web/middleware/security-headers.ts';
import { sessionLimits } from './web/middleware/session-limits.ts';
import { sessions } from './web/middleware/sessions.ts';
import { siteConfig } from './web/middleware/site-config.ts';
import { secondFactorFirst, staffAddresses } from './web/middleware/staff-limits.ts';
import { staticFiles } from './web/middleware/static-files.ts';
import { visitorTokens } from './web/middleware/visitor-token.ts';
import { prepareViews } from './web/rendering/render-view.ts';
import type { Services } from './web/request-context.ts';
import { routerOf } from './web/router.ts';
import { watchFiles } from './web/watch-files.ts';
import { showHealth, showReadiness } from './controllers/health.ts';
import { machineRoutes, routes } from './routes.ts';

const WEBHOOK_LIMIT = '64kb';

export interface App {
  express: Express;
  close(): Promise<void>;
}

/** The application, which closes the rates with itself: its middleware, in this order, is how every request flows. */
export function createApp(
  services: Services,
  { databaseUrl, sessionSecret }: { databaseUrl: string; sessionSecret: string },
): App {
  const { config, clock, health, log, passport } = services;
  const session = sessions(services.db, clock, {
    url: databaseUrl,
    secret: sessionSecret,
    production: config.production,
  });
  prepareViews();
  const stopWatching = config.watchFiles ? watchFiles() : undefined;
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  // Pages are kept by no cache, and files carry their own.
  app.set('etag', false);
  app.set('trust proxy', config.trustedProxies ?? false);

  app.use(requestLog(log));
  app.use(securityHeaders(config.production));
  app.use(allowOnlyFormMethods);
  app.use(rejectMalformedTargets);
  app.use(staticFiles());
  app.use(compression());
  app.use(deadline(health));

  app.use('/webhooks', express.raw({ type: () => true, limit: WEBHOOK_LIMIT }));
  app.use(routerOf(machineRoutes, services));

  app.use(watchProxy(log, config.production));
  app.use(redirectsWithoutBody);
  app.use(session.handler);
  app.use(passport.session());
  app.use(visitorTokens({ secret: sessionSecret, production: config.production }));
  app.use(sessionLimits(services.db, clock));
  app.use(siteConfig(services));
  app.use(staffAddresses(config));
  app.use(secondFactorFirst(services));
  app.use(noStore);
  app.use(sameSite(config.publicUrl));

  app.use(routerOf(routes, services, formReaders));
  app.use(nothingHere);
  app.use(errorPages(services));
  return { express: app, close };

  async function close() {
    stopWatching?.();
    await services.caches.close();
    await session.close();
  }
}

/** All that a process without pages answers. */
export function createHealthApp(services: Pick<Services, 'health' | 'lifecycle'>): Express {
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_req, res: Response) => showHealth({ res }));
  app.get('/readyz', (_req, res: Response) => showReadiness({ ...services, res }));
  app.use((_req, res: Response) => void res.status(404).type('text').send('not found'));
  return app;
}
