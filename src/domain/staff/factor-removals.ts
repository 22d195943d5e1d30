import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { hashOf, newToken } from '../../platform/tokens.ts';
import { EmailChangedLately, LinkInvalid, NotFound, RemovalAsked } from '../errors.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { removeSecondFactor } from '../identity/second-factor.ts';
import { endSessions } from '../identity/sessions.ts';
import { enqueueUserMail } from '../notifications/enqueue-user-mail.ts';
import { sealedLink } from '../accounts/mail-link.ts';
import type { AccountServices } from '../accounts/register.ts';
import type { AccessChange } from './manage-access.ts';

const HOUR = 3_600_000;
/** Milliseconds that the owner has to say “stop” (ASVS 5.0, 6.4.4): alone, and with a second member of staff. */
const WAIT_ALONE = 72 * HOUR;
const WAIT_APPROVED = 24 * HOUR;

/** A removal that waits. */
export interface FactorRemoval {
  id: number;
  userId: number;
  askedBy: number;
  /** Who asked, by e-mail. */
  by: string;
  reason: string;
  approved: boolean;
  dueAt: Date;
}

const open = (db: Db | Transaction) => db('factor_removals as r').where({ 'r.stopped_at': null, 'r.done_at': null });

/** The removals of a customer's members that wait. */
export async function listFactorRemovals(db: Db, customerId: number): Promise<FactorRemoval[]> {
  const rows = await open(db)
    .join('memberships as m', 'm.user_id', 'r.user_id')
    .join('users as u', 'u.id', 'r.asked_by')
    .where({ 'm.customer_id': customerId })
    .select('r.id', 'r.user_id', 'r.asked_by', 'u.email', 'r.reason', 'r.approved_by', 'r.due_at');
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id,
    askedBy: row.asked_by,
    by: row.email,
    reason: row.reason,
    approved: row.approved_by !== null,
    dueAt: row.due_at,
  }));
}

/** @throws {NotFound} where the user has no second factor, or is no member of the customer */
async function assertHasFactor(trx: Transaction, { customerId, userId }: AccessChange) {
  const row = await trx('totp_factors as f')
    .join('memberships as m', 'm.user_id', 'f.user_id')
    .where({ 'f.user_id': userId, 'm.customer_id': customerId })
    .first('f.user_id');
  if (!row) throw new NotFound();
}

/**
 * Announces to somebody who has proved to staff who they are, and lost app and recovery codes, that their second factor
 * will be removed; whoever reads the message can stop it.
 * @throws {NotFound} @throws {RemovalAsked} @throws {EmailChangedLately}
 */
export async function askForFactorRemoval(
  { db, clock, sealing }: AccountServices,
  change: AccessChange,
): Promise<void> {
  const { by, customerId, userId, reason } = change;
  const token = newToken();
  await inTransaction(db, async (trx) => {
    await assertHasFactor(trx, change);
    const now = clock.now();
    // The announcement has to reach the owner, who may still take a former e-mail back.
    const moved = await trx('account_links')
      .where({ user_id: userId, purpose: 'return_email', used_at: null })
      .where('expires_at', '>', now)
      .first('id');
    if (moved) throw new EmailChangedLately();
    const dueAt = new Date(now.getTime() + WAIT_ALONE);
    const added = await trx('factor_removals')
      .insert({ user_id: userId, asked_by: by, reason, asked_at: now, due_at: dueAt, hash: hashOf(token) })
      .onConflict(trx.raw('(user_id) where stopped_at is null and done_at is null'))
      .ignore()
      .returning('id');
    if (added.length === 0) throw new RemovalAsked();
    const data = { until: dueAt, ...sealedLink(sealing, `/factor-removals/${token}`) };
    await enqueueUserMail(trx, clock, { userId, kind: 'factor_removal_asked', data });
    await audited(trx, clock, { by, customerId, reason, userId }, 'customer.factor_removal_asked');
  });
}

/** A second member of staff agrees: the owner has a day from the announcement. @throws {NotFound} */
export async function approveFactorRemoval(db: Db, clock: Clock, change: AccessChange): Promise<void> {
  const { by, userId } = change;
  await inTransaction(db, async (trx) => {
    await assertHasFactor(trx, change);
    const removal = await open(trx)
      .where({ 'r.user_id': userId, 'r.approved_by': null })
      .whereNot({ 'r.asked_by': by })
      .forUpdate()
      .first<{ id: number; asked_at: Date } | undefined>('r.id', 'r.asked_at');
    if (!removal) throw new NotFound();
    await trx('factor_removals')
      .where({ id: removal.id })
      .update({ approved_by: by, due_at: new Date(removal.asked_at.getTime() + WAIT_APPROVED) });
    await audited(trx, clock, change, 'customer.factor_removal_approved');
  });
}

const audited = (
  trx: Transaction,
  clock: Clock,
  { by, customerId, userId, reason }: AccessChange,
  action: 'customer.factor_removal_asked' | 'customer.factor_removal_approved',
) =>
  recordAudit(trx, clock, {
    userId: by,
    action,
    subject: { type: 'customer', id: String(customerId) },
    customerId,
    reason,
    details: { user: userId },
  });

const stoppable = (db: Db | Transaction, token: string) =>
  db('factor_removals').where({ hash: hashOf(token), stopped_at: null, done_at: null });

/** Whether a link still stops a removal. @throws {LinkInvalid} */
export async function assertStoppable(db: Db, token: string): Promise<void> {
  if (!(await stoppable(db, token).first('id'))) throw new LinkInvalid();
}

/** The owner says “stop”: nothing is removed. @throws {LinkInvalid} */
export async function stopFactorRemoval(db: Db, clock: Clock, token: string): Promise<void> {
  if ((await stoppable(db, token).update({ stopped_at: clock.now() })) === 0) throw new LinkInvalid();
}

/** Removes the second factors whose time has come, each with all sessions. @returns how many */
export async function removeDueFactors(db: Db, clock: Clock): Promise<number> {
  const due = await open(db)
    .where('r.due_at', '<=', clock.now())
    .select<{ id: number; user_id: number }[]>('r.id', 'r.user_id');
  for (const { id, user_id: userId } of due)
    await inTransaction(db, async (trx) => {
      const done = await trx('factor_removals')
        .where({ id, stopped_at: null, done_at: null })
        .update({ done_at: clock.now() });
      // The owner stopped it at this very moment.
      if (done === 0) return;
      await removeSecondFactor(trx, userId);
      await endSessions(trx, { userId });
      await enqueueUserMail(trx, clock, { userId, kind: 'second_factor_off' });
      await recordAudit(trx, clock, {
        userId: null,
        action: 'customer.factor_removed',
        subject: { type: 'customer', id: String(userId) },
        details: { user: userId },
      });
    });
  return due.length;
}
