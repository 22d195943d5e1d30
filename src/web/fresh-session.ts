import type { Request } from 'express';
import type { Clock } from '../platform/clock.ts';

/** Milliseconds for which it counts that somebody has shown who they are. */
const FRESH_FOR = 10 * 60_000;

/** The page that asks for the password again. */
export const CONFIRMATION = '/security/confirmation';

/** What was asked for takes the password again; the visitor is sent to the page that asks for it, and comes back. */
export class ConfirmationRequired extends Error {}

/** Whether the person has shown the password (and the code) a short while ago. */
const isFresh = (req: Request, clock: Clock): boolean =>
  clock.now().getTime() - (req.session.confirmedAt ?? 0) <= FRESH_FOR;

/** @throws {ConfirmationRequired} */
export function assertFresh(req: Request, clock: Clock): void {
  if (!isFresh(req, clock)) throw new ConfirmationRequired();
}
