import type { NextFunction, Request, Response } from 'express';
import type { DatabaseHealth } from '../../platform/db/database-health.ts';
import { DatabaseUnavailable } from '../../domain/errors.ts';

/** Longer than any page takes; one that takes longer is asked about. */
const LATE_MS = 8_000;

/**
 * No page waits for ever for a database that does not answer. One that is late only because there is much to do goes
 * on; what a request that was given up had begun ends by itself, whole or not at all.
 */
export function deadline(health: DatabaseHealth) {
  return (_req: Request, res: Response, next: NextFunction) => {
    const giveUp = async () => {
      if (!(await health.answers()) && !res.headersSent) next(new DatabaseUnavailable());
    };
    const timer = setInterval(() => void giveUp(), LATE_MS);
    timer.unref();
    res.once('close', () => clearInterval(timer));
    next();
  };
}
