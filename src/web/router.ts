import { Router, type NextFunction, type Request, type Response } from 'express';
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
  handle: (services: Services, req: Request, res: Response) => Promise<void>;
}

function route<V>(method: Route['method'], path: string, guard: Guard<V>, handler: Handler<V>): Route {
  return {
    method,
    path,
    guard: guard.name,
    async handle(services, req, res) {
      const viewer = guard.admit(viewerOf(req));
      const locale = localeOf(req);
      await handler({ ...services, req, res, viewer, locale, t: translator(locale) });
    },
  };
}

export const get = <V>(path: string, guard: Guard<V>, handler: Handler<V>) =>
  route('get', path, guard, handler);
export const post = <V>(path: string, guard: Guard<V>, handler: Handler<V>) =>
  route('post', path, guard, handler);

/** The table of routes as Express's router; there is no other way to add one. */
export function routerOf(routes: Route[], services: Services): Router {
  const router = Router({ strict: false, caseSensitive: true });
  for (const { method, path, handle } of routes) {
    router[method](path, (req: Request, res: Response, next: NextFunction) => {
      handle(services, req, res).catch(next);
    });
  }
  return router;
}
