import { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express';
import { viewerOf } from './middleware/viewer.ts';
import { assertFresh } from './fresh-session.ts';
import type { Guard } from './guards.ts';
import { refusedFormPage } from './refused-form.ts';
import { UnderMaintenance } from '../domain/errors.ts';
import { configOf } from './middleware/site-config.ts';
import { contextOf, type Handler, type Services } from './request-context.ts';

export interface Route {
  method: 'get' | 'post';
  path: string;
  guard: string;
  /** What a POST brings: fields, or fields with one file. */
  body: 'fields' | 'file';
  /** The page with the form that a POST comes from; of a GET its own path. */
  formPage: string;
  /** It takes somebody who has shown the password a short while ago. */
  fresh: boolean;
  /** It is refused to customers while staff work on the portal. */
  pauses: boolean;
  admit: (req: Request) => void;
  handle: (services: Services, req: Request, res: Response) => Promise<void>;
}

type RouteSettings = Partial<Pick<Route, 'body' | 'formPage' | 'fresh' | 'pauses'>>;

function route<V>(
  method: Route['method'],
  path: string,
  guard: Guard<V>,
  handler: Handler<V>,
  settings: RouteSettings = {},
): Route {
  return {
    method,
    path,
    guard: guard.name,
    body: 'fields',
    formPage: path,
    fresh: false,
    // What customers do, but for what keeps their account theirs.
    pauses: method === 'post' && guard.name.startsWith('customer('),
    ...settings,
    admit: (req) => void guard.admit(viewerOf(req)),
    async handle(services, req, res) {
      const viewer = guard.admit(viewerOf(req));
      if (settings.fresh) assertFresh(req, services.clock);
      if (this.pauses && configOf(res, services).maintenance) throw new UnderMaintenance();
      await handler(contextOf(services, req, res, viewer));
    },
  };
}

export const get = <V>(path: string, guard: Guard<V>, handler: Handler<V>, settings?: RouteSettings) =>
  route('get', path, guard, handler, settings);
/** A change; where its path is no page, `formPage` says which page has its form. */
export const post = <V>(path: string, guard: Guard<V>, handler: Handler<V>, settings?: RouteSettings) =>
  route('post', path, guard, handler, settings);

/** With a GET for every path that only takes a POST: Enter in the address bar leads to its form. */
export function withFormPages(routes: Route[]): Route[] {
  const pages = new Set(routes.filter(({ method }) => method === 'get').map(({ path }) => path));
  return routes.flatMap((change) => (pages.has(change.path) ? [change] : [change, toFormPage(change)]));
}

const toFormPage = (change: Route): Route => ({
  ...change,
  method: 'get',
  async handle(_services, req, res) {
    res.redirect(303, refusedFormPage(req) ?? formPageOf(change, req));
  },
});

/** With its parts filled in from the path, or from what the form sent. */
const formPageOf = ({ formPage }: Route, req: Request, params = req.params) =>
  formPage.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name] ?? sentField(req, name))));

function sentField(req: Request, name: string): string {
  const value = (req.body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value.slice(0, 100).toWellFormed() : '';
}

/**
 * The table of routes as Express's router; there is no other way to add one. A viewer whom a guard keeps out is kept out
 * before `readers` look at what the request brought.
 */
export function routerOf(
  routes: Route[],
  services: Services,
  readers: (route: Route) => RequestHandler[] = () => [],
): Router {
  const router = Router({ strict: false, caseSensitive: true });
  for (const entry of routes) {
    const admit: RequestHandler = (req, res, next) => {
      // Outside the route, where errors are answered, the parts of its path are not known any more.
      const params = { ...req.params };
      res.locals['formPage'] = () => formPageOf(entry, req, params);
      entry.admit(req);
      next();
    };
    const handle = (req: Request, res: Response, next: NextFunction) => {
      entry.handle(services, req, res).catch((error: unknown) => {
        if (!res.writableEnded) return next(error);
        // A page that was given up (see deadline.ts) goes on to its own end, which nobody waits for any more.
        if (!services.health.note(error)) req.log.error({ err: error }, 'fault after the answer');
      });
    };
    router[entry.method](entry.path, admit, ...readers(entry), handle);
  }
  return router;
}
