import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';

/**
 * What the operator has to set right when a request does not look as if it came over TLS, in one line for the log; null
 * when it does. Cookies are `Secure` in production, so nobody could sign in.
 */
export function faultOfProxy(req: Request): string | null {
  if (req.secure) return null;
  const peer = req.socket.remoteAddress ?? '';
  const said = req.get('x-forwarded-proto');
  const trusts = req.app.get('trust proxy fn') as (address: string, hops: number) => boolean;
  if (!trusts(peer, 0))
    return said === undefined
      ? `Nobody can sign in: a request came from ${peer} without a proxy before it; people have to come by PUBLIC_URL`
      : `Nobody can sign in: the proxy at ${peer} is not named in TRUSTED_PROXIES`;
  return said === undefined
    ? `Nobody can sign in: the proxy at ${peer} does not pass X-Forwarded-Proto`
    : `Nobody can sign in over plain http: the proxy at ${peer} says X-Forwarded-Proto: ${JSON.stringify(said.slice(0, 20))}`;
}

/**
 * Says each such fault once in the life of a process; the pages concerned say it to people, see
 * src/web/middleware/error-pages.ts.
 */
export function watchProxy(log: Logger, production: boolean) {
  const logged = new Set<string>();
  return (req: Request, _res: Response, next: NextFunction) => {
    const fault = production ? faultOfProxy(req) : null;
    // Who talks to us directly may have any address; a few of them are enough.
    if (fault && !logged.has(fault) && logged.size < 3) {
      logged.add(fault);
      log.error(fault);
    }
    next();
  };
}
