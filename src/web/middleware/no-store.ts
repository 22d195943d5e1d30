import type { NextFunction, Request, Response } from 'express';

/** Signed-in pages are kept by no cache. */
export function noStore(req: Request, res: Response, next: NextFunction) {
  res.set('Cache-Control', req.user ? 'no-store' : 'no-cache');
  next();
}
