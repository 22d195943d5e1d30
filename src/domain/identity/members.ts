import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
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
