import type { Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { LastOwner, NotFound } from '../errors.ts';
import type { ExtraRight, MemberRole } from './rights.ts';

/** A user who may act for a customer, and how far. */
export interface NewMember {
  userId: number;
  customerId: number;
  role: MemberRole;
  rights?: ExtraRight[];
}

/** Makes a user a member of a customer; one who is a member already stays as they are. */
export async function addMember(trx: Transaction, clock: Clock, member: NewMember): Promise<void> {
  const { userId, customerId, role, rights = [] } = member;
  await trx('memberships')
    .insert({ user_id: userId, customer_id: customerId, role, rights, created_at: clock.now() })
    .onConflict(['user_id', 'customer_id'])
    .ignore();
}

export interface Member {
  id: number;
  userId: number;
  email: string;
  role: MemberRole;
  /** Besides what comes with the role. */
  rights: ExtraRight[];
  since: Date;
  disabled: boolean;
  hasFactor: boolean;
}

/** Who may act for a customer, in the order in which they came. */
export async function listMembers(db: Db, customerId: number): Promise<Member[]> {
  const rows = await db('memberships as m')
    .join('users as u', 'u.id', 'm.user_id')
    .where({ 'm.customer_id': customerId })
    .orderBy('m.id')
    .select(
      'm.id',
      'm.user_id',
      'u.email',
      'm.role',
      'm.rights',
      'm.created_at',
      'u.disabled_at',
      db.raw('exists (select from totp_factors where user_id = u.id) as has_factor'),
    );
  return rows.map((row) => ({
    id: row.id,
    userId: row.user_id,
    email: row.email,
    role: row.role,
    rights: row.rights,
    since: row.created_at,
    disabled: row.disabled_at !== null,
    hasFactor: row.has_factor,
  }));
}

/**
 * Locks a customer's owners until the transaction ends, so that of two changes at the same moment the second sees the
 * first, and reads the member that is meant.
 * @throws {NotFound}
 */
export async function lockMember(
  trx: Transaction,
  { customerId, membershipId }: { customerId: number; membershipId: number },
): Promise<{ userId: number; email: string }> {
  await trx('memberships').where({ customer_id: customerId, role: 'owner' }).orderBy('id').forUpdate().select('id');
  const row = await trx('memberships as m')
    .join('users as u', 'u.id', 'm.user_id')
    .where({ 'm.id': membershipId, 'm.customer_id': customerId })
    .first<{ user_id: number; email: string } | undefined>('m.user_id', 'u.email');
  if (!row) throw new NotFound();
  return { userId: row.user_id, email: row.email };
}

/** A customer keeps an owner who can sign in. @throws {LastOwner} */
export async function assertOwnerLeft(trx: Transaction, customerId: number): Promise<void> {
  const owner = await trx('memberships as m')
    .join('users as u', 'u.id', 'm.user_id')
    .where({ 'm.customer_id': customerId, 'm.role': 'owner', 'u.disabled_at': null })
    .first('m.id');
  if (!owner) throw new LastOwner();
}

export interface Membership {
  id: number;
  customerId: number;
  /** What the customer is called; '' where nobody has said it. */
  name: string;
  role: MemberRole;
}
