import type { Db, Transaction } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';

/** A place where somebody is signed in. */
export interface OpenSession {
  id: number;
  createdAt: Date;
  /** Noted every few minutes at most. */
  seenAt: Date;
  address: string;
  userAgent: string;
}

/** Where a user is signed in, the last seen first. */
export async function listSessions(db: Db, userId: number): Promise<OpenSession[]> {
  const rows = await db('sessions')
    .where({ user_id: userId })
    .whereRaw('expire >= now()')
    .orderBy('seen_at', 'desc')
    .select<{ id: number; created_at: Date; seen_at: Date; address: string | null; user_agent: string }[]>(
      'id',
      'created_at',
      'seen_at',
      db.raw('host(address) as address'),
      'user_agent',
    );
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.created_at,
    seenAt: row.seen_at,
    address: row.address ?? '',
    userAgent: row.user_agent,
  }));
}

/** Ends one session of a user; its next request is anonymous. @throws {NotFound} when it is not theirs or over */
export async function endSession(db: Db, { userId, sessionId }: { userId: number; sessionId: number }): Promise<void> {
  const ended = await db('sessions').where({ id: sessionId, user_id: userId }).delete();
  if (ended === 0) throw new NotFound();
}

/** Ends a user's sessions, all but the one that is kept. @returns how many there were */
export async function endSessions(
  db: Db | Transaction,
  { userId, except }: { userId: number; except?: number | undefined },
): Promise<number> {
  const sessions = db('sessions').where({ user_id: userId });
  return (except === undefined ? sessions : sessions.whereNot({ id: except })).delete();
}

/** A user has at most this many sessions; the oldest go. */
const MOST_SESSIONS = 20;

/** Ends the oldest of too many sessions of a user. */
export async function endOldestSessions(db: Db, userId: number): Promise<void> {
  await db.raw(
    `delete from sessions
     where id in (
       select id
       from sessions
       where user_id = :userId
       order by created_at desc, id desc
       offset :most
     )`,
    { userId, most: MOST_SESSIONS },
  );
}

/** Notes that a session was used, and from where. */
export async function noteVisit(
  db: Db,
  { sessionId, at, address }: { sessionId: number; at: Date; address: string },
): Promise<void> {
  await db('sessions').where({ id: sessionId }).update({ seen_at: at, address });
}

/** From now on a session acts for another customer that its user is a member of. */
export async function actFor(
  db: Db,
  { sessionId, customerId }: { sessionId: number; customerId: number },
): Promise<void> {
  await db('sessions').where({ id: sessionId }).update({ customer_id: customerId });
}
