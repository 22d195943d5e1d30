import type { NextFunction, Request, Response } from 'express';
import type { Clock } from '../../platform/clock.ts';
import type { Viewer } from '../../domain/identity/user-queries.ts';
import { viewerOf } from './viewer.ts';

const MINUTE = 60_000;
const IDLE_LIMIT: Record<Viewer['kind'], number> = {
  staff: 30 * MINUTE,
  customer: 12 * 60 * MINUTE,
  lone: 30 * MINUTE,
};
/** Milliseconds after which a session ends, whatever was done in it. */
export const ABSOLUTE_LIMIT = 7 * 24 * 60 * MINUTE;
/** A write with a disk flush for each request would halve the throughput, so a visit is noted this often at most. */
const NOTED_EVERY = 5 * MINUTE;

/** Ends a session that was idle, or lived, for too long; notes the visit now and then. */
export function sessionLimits(clock: Clock) {
  return (req: Request, _res: Response, next: NextFunction) => {
    const viewer = viewerOf(req);
    if (!viewer) return next();
    const now = clock.now().getTime();
    const { signedInAt = 0, seenAt = 0 } = req.session;
    if (now - seenAt > IDLE_LIMIT[viewer.kind] || now - signedInAt > ABSOLUTE_LIMIT)
      return req.session.regenerate((error: unknown) => {
        req.user = undefined;
        next(error);
      });
    if (now - seenAt > NOTED_EVERY) req.session.seenAt = now;
    next();
  };
}
