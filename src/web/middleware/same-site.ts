import type { NextFunction, Request, Response } from 'express';
import { ForgedRequest } from '../../domain/errors.ts';

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Refuses changes that the browser itself says come from another site, besides the token (security 25). Clients
 * that send neither header are left to the token.
 */
export function sameSite(publicUrl: string | undefined) {
  return (req: Request, _res: Response, next: NextFunction) => {
    if (SAFE_METHODS.includes(req.method)) return next();
    const site = req.get('sec-fetch-site');
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return next(new ForgedRequest());
    const origin = req.get('origin');
    const own = publicUrl ? new URL(publicUrl).origin : `${req.protocol}://${req.get('host')}`;
    if (origin !== undefined && origin !== own) return next(new ForgedRequest());
    next();
  };
}
