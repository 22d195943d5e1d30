import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import { AlreadyMember, LastAdministrator, NotFound, OtherKindOfUser } from '../errors.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { makeInvitation, withdrawInvitation, withdrawInvitationsBy } from '../identity/invitations.ts';
import type { StaffRight } from '../identity/rights.ts';
import { endSessions } from '../identity/sessions.ts';
import { enqueueAddressMail, enqueueUserMail } from '../notifications/enqueue-user-mail.ts';
import { sealedLink } from '../accounts/mail-link.ts';
import type { AccountServices } from '../accounts/register.ts';

/** A role of staff: a set of rights. */
export interface StaffRole {
  code: string;
  rights: StaffRight[];
}

export const listStaffRoles = (db: Db): Promise<StaffRole[]> =>
  db('staff_roles').orderBy('position').orderBy('code').select('code', 'rights');

export interface StaffMember {
  id: number;
  email: string;
  role: string;
  hasFactor: boolean;
  seenAt: Date | null;
  disabled: boolean;
}

/** All staff, the disabled ones last. */
export async function listStaff(db: Db): Promise<StaffMember[]> {
  const rows = await db('users as u')
    .whereNotNull('u.staff_role')
    .orderByRaw('u.disabled_at is not null, u.id')
    .select(
      'u.id',
      'u.email',
      'u.staff_role',
      'u.disabled_at',
      db.raw('exists (select from totp_factors where user_id = u.id) as has_factor'),
      db.raw(`(select max(at) from sign_ins where user_id = u.id and outcome = 'signed_in') as seen_at`),
    );
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    role: row.staff_role,
    hasFactor: row.has_factor,
    seenAt: row.seen_at,
    disabled: row.disabled_at !== null,
  }));
}

/**
 * Invites somebody to the staff, by mail.
 * @throws {NotFound} for an unknown role @throws {AlreadyMember} @throws {OtherKindOfUser}
 */
export async function inviteStaff(
  { db, clock, sealing }: AccountServices,
  {
    by,
    email,
    role,
    locale,
    seller,
  }: {
    by: { userId: number; email: string };
    email: string;
    role: string;
    locale: Locale;
    seller: string;
  },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    if (!(await trx('staff_roles').where({ code: role }).first('code'))) throw new NotFound();
    const user = await trx('users').where({ email }).first<{ kind: 'member' | 'staff' } | undefined>('kind');
    if (user) throw user.kind === 'staff' ? new AlreadyMember() : new OtherKindOfUser();
    const token = await makeInvitation(trx, clock, { email, invitedBy: by.userId, to: { staffRole: role } });
    await enqueueAddressMail(trx, clock, {
      kind: 'staff_invited',
      recipient: email,
      locale,
      userId: null,
      data: { inviter: by.email, account: seller, ...sealedLink(sealing, `/invitations/${token}`) },
    });
    await recordAudit(trx, clock, {
      userId: by.userId,
      action: 'staff.invited',
      subject: { type: 'staff', id: email },
      details: { role },
    });
  });
}

/** Takes an invitation to the staff back. @throws {NotFound} */
export async function withdrawStaffInvitation(
  db: Db,
  clock: Clock,
  { id, by }: { id: number; by: number },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    await withdrawInvitation(trx, clock, { id, customerId: null });
    await recordAudit(trx, clock, {
      userId: by,
      action: 'staff.invitation_withdrawn',
      subject: { type: 'staff', id: String(id) },
    });
  });
}

const INTEGRITY_VIOLATION = '23000';

/**
 * Gives a member of staff another role, or says that they may not come in any more; either counts from their next
 * request.
 * @throws {NotFound} @throws {LastAdministrator}
 */
export async function changeStaffMember(
  db: Db,
  clock: Clock,
  {
    by,
    userId,
    role,
    disabled,
    reason,
  }: { by: number; userId: number; role: string; disabled: boolean; reason: string },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const before = await trx('users')
      .where({ id: userId })
      .whereNotNull('staff_role')
      .first<{ email: string; staff_role: string; disabled_at: Date | null } | undefined>(
        'email',
        'staff_role',
        'disabled_at',
      );
    const known = await trx('staff_roles').where({ code: role }).first<StaffRole | undefined>();
    if (!before || !known) throw new NotFound();
    await trx
      .raw('select change_staff_member(?, ?, ?, ?)', [userId, role, disabled, clock.now()])
      .catch((error: unknown) => {
        throw (error as { code?: string }).code === INTEGRITY_VIOLATION ? new LastAdministrator() : error;
      });
    if (disabled) await endSessions(trx, { userId });
    if (disabled || !known.rights.includes('staff:edit'))
      await withdrawInvitationsBy(trx, clock, { userId, customerId: null });
    if (!disabled) await enqueueUserMail(trx, clock, { userId, kind: 'staff_changed' });
    await recordAudit(trx, clock, {
      userId: by,
      action: 'staff.changed',
      subject: { type: 'staff', id: before.email },
      reason,
      details: {
        before: { role: before.staff_role, disabled: before.disabled_at !== null },
        after: { role, disabled },
      },
    });
  });
}

/** Ends the sessions of all users, staff and customers, but one. @returns how many there were */
export async function endEverybodysSessions(
  db: Db,
  clock: Clock,
  { by, except }: { by: number; except: number | undefined },
): Promise<number> {
  return inTransaction(db, async (trx) => {
    const ended = await trx('sessions')
      .whereNot({ id: except ?? 0 })
      .delete();
    await recordAudit(trx, clock, {
      userId: by,
      action: 'staff.sessions_ended',
      subject: { type: 'staff', id: 'all' },
      details: { ended },
    });
    return ended;
  });
}
