import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import type { Visit } from '../identity/browser.ts';
import { hasSignedIn, recordSignIn, type SignInMethod } from '../identity/sign-in-history.ts';
import { enqueueUserMail } from '../notifications/enqueue-user-mail.ts';

export interface SignInNote {
  userId: number;
  method: SignInMethod;
  visit: Visit;
  /** The person has signed in in this browser before. */
  isKnownDevice: boolean;
}

/** At most one message an hour. */
const QUIET_MS = 3_600_000;

/** Keeps that somebody has signed in, and writes to them where the browser is a new one, but not the first of all. */
export async function noteSignIn(
  db: Db,
  clock: Clock,
  { userId, method, visit, isKnownDevice }: SignInNote,
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const tells = !isKnownDevice && (await hasSignedIn(trx, userId)) && !(await wasTold(trx, clock, userId));
    await recordSignIn(trx, clock, { userId, outcome: 'signed_in', method, ...visit });
    if (tells) await enqueueUserMail(trx, clock, { userId, kind: 'new_device', visit });
  });
}

async function wasTold(trx: Transaction, clock: Clock, userId: number): Promise<boolean> {
  const told = await trx('mails')
    .where({ user_id: userId, kind: 'new_device' })
    .where('enqueued_at', '>', new Date(clock.now().getTime() - QUIET_MS))
    .first('id');
  return told !== undefined;
}
