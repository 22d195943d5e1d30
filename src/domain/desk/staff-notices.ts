import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import type { StaffRight } from '../identity/rights.ts';
import { enqueueUserMail } from '../notifications/enqueue-user-mail.ts';
import { listWork, mayDealWith, WORK_KINDS, type WorkKind, type WorkLine } from './work-list-queries.ts';

export const NOTICE_MODES = ['off', 'at_once', 'digest'] as const;
export type NoticeMode = (typeof NOTICE_MODES)[number];
export type StaffNotices = Partial<Record<WorkKind, NoticeMode>>;

/** Of mail that does not arrive nobody is told at once: each message about it that fails would bring another. */
export const noticeModesOf = (kind: WorkKind): readonly NoticeMode[] =>
  kind === 'mails_not_delivered' ? ['off', 'digest'] : NOTICE_MODES;

/** Of an installation's first administrator, who is alone with it. */
export const FIRST_NOTICES: StaffNotices = Object.fromEntries(
  WORK_KINDS.map((kind) => [kind, kind === 'mails_not_delivered' ? 'digest' : 'at_once']),
);

/** What somebody on the staff is written to about; what is not there is off. */
export async function listStaffNotices(db: Db, userId: number): Promise<StaffNotices> {
  const rows = await db('staff_notices').where({ user_id: userId }).select<{ kind: WorkKind; mode: NoticeMode }[]>();
  return Object.fromEntries(rows.map(({ kind, mode }) => [kind, mode]));
}

/** Keeps the kinds that are named, and leaves the others; what is chosen anew is written about from the beginning. */
export async function saveStaffNotices(trx: Transaction, userId: number, notices: StaffNotices): Promise<void> {
  for (const [kind, mode] of Object.entries(notices)) {
    await trx('staff_notices').where({ user_id: userId, kind }).whereNot({ mode }).delete();
    if (mode !== 'off') await trx('staff_notices').insert({ user_id: userId, kind, mode }).onConflict().ignore();
  }
}

/** Writes to staff about what has been added to the work list since they were last written to. Safe to repeat. */
export async function writeNoticesAtOnce(db: Db, clock: Clock, timeZone: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    for (const { userId, asked } of await lockReaders(trx, 'at_once')) {
      const work = await workOf(trx, clock, { timeZone, asked });
      const added: WorkLine[] = [];
      for (const { kind, seen_count: seenCount, seen_newest: seenNewest } of asked) {
        const line = work.find((each) => each.kind === kind);
        const [count, newest] = [line?.count ?? 0, line?.newest ?? null];
        const isNewer = newest !== null && (seenNewest === null || newest > seenNewest);
        if (line && (count > seenCount || isNewer)) added.push(line);
        if (count !== seenCount || isNewer)
          await trx('staff_notices')
            .where({ user_id: userId, kind })
            .update({ seen_count: count, ...(isNewer && { seen_newest: newest }) });
      }
      await write(trx, clock, { userId, kind: 'staff_work', work: added });
    }
  });
}

/** Writes to staff, once a day, about all that waits of the kinds that they get in the morning. */
export async function writeDigests(db: Db, clock: Clock, timeZone: string): Promise<void> {
  const today = clock.today();
  await inTransaction(db, async (trx) => {
    for (const { userId, asked } of await lockReaders(trx, 'digest')) {
      const due = asked.filter(({ digest_on: last }) => last === null || last < today);
      await write(trx, clock, {
        userId,
        kind: 'staff_digest',
        work: await workOf(trx, clock, { timeZone, asked: due }),
      });
      await trx('staff_notices').where({ user_id: userId, mode: 'digest' }).update({ digest_on: today });
    }
  });
}

interface AskedNotice {
  kind: WorkKind;
  rights: StaffRight[];
  seen_count: number;
  seen_newest: Date | null;
  digest_on: string | null;
}

/** Those who may still sign in, with what they have asked for; whoever else writes to them waits until this is done. */
async function lockReaders(trx: Transaction, mode: NoticeMode): Promise<{ userId: number; asked: AskedNotice[] }[]> {
  const { rows } = await trx.raw<{ rows: (AskedNotice & { user_id: number })[] }>(
    `select n.user_id, n.kind, n.seen_count, n.seen_newest, n.digest_on, r.rights
     from staff_notices n
     join users u on u.id = n.user_id and u.disabled_at is null
     join staff_roles r on r.code = u.staff_role
     where n.mode = :mode
     order by n.user_id, n.kind
     for update of n`,
    { mode },
  );
  return [...Map.groupBy(rows, ({ user_id }) => user_id)].map(([userId, asked]) => ({ userId, asked }));
}

/** What waits of the kinds that were asked for, as far as the rights of today reach. */
async function workOf(
  trx: Transaction,
  clock: Clock,
  { timeZone, asked }: { timeZone: string; asked: AskedNotice[] },
): Promise<WorkLine[]> {
  const rights = new Set(asked.flatMap((each) => each.rights));
  const kinds = asked.map(({ kind }) => kind).filter((kind) => mayDealWith(kind, rights));
  if (kinds.length === 0) return [];
  return (await listWork(trx, clock, { rights, timeZone })).filter(({ kind }) => kinds.includes(kind));
}

async function write(
  trx: Transaction,
  clock: Clock,
  { userId, kind, work }: { userId: number; kind: 'staff_work' | 'staff_digest'; work: WorkLine[] },
): Promise<void> {
  if (work.length === 0) return;
  const data = { work: work.map(({ kind: of, count }) => ({ kind: of, count })) };
  await enqueueUserMail(trx, clock, { userId, kind, data });
}
