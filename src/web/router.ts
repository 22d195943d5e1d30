import { Router, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { translator } from '../i18n/i18n.ts';
import type { Services } from '../services.ts';
import type { Handler } from './exchange.ts';
import type { Guard } from './guards.ts';
import { localeOf } from './locale.ts';
import { viewerOf } from './viewer.ts';

export interface Route {
  method: 'get' | 'post';
  path: string;
  guard: string;
  /** What a POST brings: fields, or fields with one file. */
  body: 'fields' | 'file';
  admit: (req: Request) => void;
  handle: (services: Services, req: Request, res: Response) => Promise<void>;
}

type RouteSettings = Partial<Pick<Route, 'body'>>;

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
    ...settings,
    admit: (req) => void guard.admit(viewerOf(req)),
    async handle(services, req, res) {
      const viewer = guard.admit(viewerOf(req));
      const locale = localeOf(req);
      await handler({ ...services, req, res, viewer, locale, t: translator(locale) });
    },
  };
}

export const get = <V>(path: string, guard: Guard<V>, handler: Handler<V>) =>
  route('get', path, guard, handler);
export const post = <V>(path: string, guard: Guard<V>, handler: Handler<V>, settings?: RouteSettings) =>
  route('post', path, guard, handler, settings);

/**
 * The table of routes as Express's router; there is no other way to add one. Whoever a guard keeps out is kept out
 * before `readers` look at what the request brought.
 */
export function routerOf(
  routes: Route[],
  services: Services,
  readers: (route: Route) => RequestHandler[] = () => [],
): Router {
  const router = Router({ strict: false, caseSensitive: true });
  for (const entry of routes) {
    const admit: RequestHandler = (req, _res, next) => {
      entry.admit(req);
      next();
    };
    const handle = (req: Request, res: Response, next: NextFunction) => {
      entry.handle(services, req, res).catch(next);
    };
    router[entry.method](entry.path, admit, ...readers(entry), handle);
  }
  return router;
}
