import type { NextFunction, Request, Response } from 'express';

/**
 * Redirects have no body. Of an answer with one, express-session sends all but the last byte before the session is
 * stored: a browser that follows at once would come with the session of before, without the message of what it did, or
 * signed out.
 */
export function redirectsWithoutBody(_req: Request, res: Response, next: NextFunction) {
  res.redirect = (first: number | string, second?: number | string) => {
    const [status, url] = typeof first === 'number' ? [first, String(second)] : [302, first];
    res.status(status).location(url).end();
  };
  next();
}
