import type { NextFunction, Request, Response } from 'express';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { noteVisit } from '../../domain/identity/sessions.ts';
import type { Viewer } from '../../domain/identity/user-queries.ts';
import { ABSOLUTE_LIMIT, foundSession } from './sessions.ts';
import { viewerOf } from './viewer.ts';

const MINUTE = 60_000;
const IDLE_LIMIT: Record<Viewer['kind'], number> = {
  staff: 30 * MINUTE,
  customer: 12 * 60 * MINUTE,
  lone: 12 * 60 * MINUTE,
};
/** A write with a disk flush for each request would halve the throughput, so a visit is noted this often at most. */
const NOTED_EVERY = 5 * MINUTE;

/** Ends a session that was idle, or lived, for too long; notes the visit now and then. */
export function sessionLimits(db: Db, clock: Clock) {
  return (req: Request, _res: Response, next: NextFunction) => {
    const viewer = viewerOf(req);
    const session = foundSession(req.session);
    if (!viewer || !session) return next();
    const now = clock.now();
    const idle = now.getTime() - session.seenAt.getTime();
    const age = now.getTime() - session.createdAt.getTime();
    if (idle > IDLE_LIMIT[viewer.kind] || age > ABSOLUTE_LIMIT)
      return req.session.regenerate((error: unknown) => {
        req.user = undefined;
        next(error);
      });
    if (idle <= NOTED_EVERY) return next();
    noteVisit(db, { sessionId: session.id, at: now, address: req.ip ?? '' }).then(() => next(), next);
  };
}
