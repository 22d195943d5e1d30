import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { hashOf, newToken } from '../../platform/tokens.ts';
import { LinkInvalid, NotFound } from '../errors.ts';
import type { ExtraRight, MemberRole } from './rights.ts';

const HOUR = 3_600_000;
/** Milliseconds. */
const VALID_FOR = { member: 7 * 24 * HOUR, staff: 72 * HOUR };

/** What somebody is invited to: act for a customer, or join the staff. */
export type Invited = { customerId: number; role: MemberRole; rights: ExtraRight[] } | { staffRole: string };

export interface NewInvitation {
  email: string;
  invitedBy: number;
  to: Invited;
}

/** Writes an invitation; an earlier one of the same address is worth nothing. @returns the token of its link */
export async function makeInvitation(trx: Transaction, clock: Clock, invitation: NewInvitation): Promise<string> {
  const { email, invitedBy, to } = invitation;
  const token = newToken();
  const now = clock.now();
  const customerId = 'customerId' in to ? to.customerId : null;
  await trx('invitations').where({ email, customer_id: customerId, used_at: null }).update({ used_at: now });
  await trx('invitations').insert({
    email,
    customer_id: customerId,
    role: 'role' in to ? to.role : null,
    rights: 'rights' in to ? to.rights : [],
    staff_role: 'staffRole' in to ? to.staffRole : null,
    invited_by: invitedBy,
    hash: hashOf(token),
    created_at: now,
    expires_at: new Date(now.getTime() + VALID_FOR['customerId' in to ? 'member' : 'staff']),
  });
  return token;
}

export interface OpenInvitation {
  id: number;
  email: string;
  role: MemberRole | null;
  rights: ExtraRight[];
  staffRole: string | null;
  expiresAt: Date;
}

/** The invitations of a customer, or to the staff, that wait. */
export async function listOpenInvitations(db: Db, clock: Clock, customerId: number | null): Promise<OpenInvitation[]> {
  const rows = await db('invitations')
    .where({ customer_id: customerId, used_at: null })
    .where('expires_at', '>', clock.now())
    .orderBy('id')
    .select('id', 'email', 'role', 'rights', 'staff_role', 'expires_at');
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    role: row.role,
    rights: row.rights,
    staffRole: row.staff_role,
    expiresAt: row.expires_at,
  }));
}

/** @throws {NotFound} when it is another customer's, or was used */
export async function withdrawInvitation(
  db: Db | Transaction,
  clock: Clock,
  { id, customerId }: { id: number; customerId: number | null },
): Promise<void> {
  const withdrawn = await db('invitations')
    .where({ id, customer_id: customerId, used_at: null })
    .update({ used_at: clock.now() });
  if (withdrawn === 0) throw new NotFound();
}

/** Whatever somebody invited others to is over, where they may not do so any more. */
export async function withdrawInvitationsBy(
  trx: Transaction,
  clock: Clock,
  { userId, customerId }: { userId: number; customerId: number | null },
): Promise<void> {
  await trx('invitations')
    .where({ invited_by: userId, customer_id: customerId, used_at: null })
    .update({ used_at: clock.now() });
}

interface InvitationRow {
  email: string;
  customer_id: number | null;
  role: MemberRole | null;
  rights: ExtraRight[];
  staff_role: string | null;
}

const working = (db: Db | Transaction, clock: Clock, token: string) =>
  db('invitations')
    .where({ hash: hashOf(token), used_at: null })
    .where('expires_at', '>', clock.now());

export interface Invitation {
  email: string;
  to: Invited;
}

const toInvitation = ({ email, customer_id: customerId, role, rights, staff_role: staffRole }: InvitationRow) => {
  if (customerId !== null && role !== null) return { email, to: { customerId, role, rights } };
  return { email, to: { staffRole: staffRole ?? '' } };
};

/** What a link invites to; looking at it uses nothing up. @throws {LinkInvalid} */
export async function findInvitation(db: Db | Transaction, clock: Clock, token: string): Promise<Invitation> {
  const row = await working(db, clock, token).first<InvitationRow | undefined>();
  if (!row) throw new LinkInvalid();
  return toInvitation(row);
}

/** Uses an invitation up: of the same one accepted many times at once, one works. @throws {LinkInvalid} */
export async function useInvitation(
  trx: Transaction,
  clock: Clock,
  { token, acceptedBy }: { token: string; acceptedBy: number },
): Promise<Invitation> {
  const rows = await working(trx, clock, token)
    .update({ used_at: clock.now(), accepted_by: acceptedBy })
    .returning<InvitationRow[]>(['email', 'customer_id', 'role', 'rights', 'staff_role']);
  const [row] = rows;
  if (!row) throw new LinkInvalid();
  return toInvitation(row);
}

/** Days for which invitations that do not work any more are kept. */
const KEPT_DAYS = 30;

/** Forgets invitations that have not worked for a while. */
export async function forgetOldInvitations(db: Db, clock: Clock): Promise<void> {
  await db('invitations')
    .where('expires_at', '<', new Date(clock.now().getTime() - KEPT_DAYS * 24 * HOUR))
    .delete();
}
