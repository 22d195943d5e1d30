import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import { insertRow } from '../../platform/db/insert-rows.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import { addMember } from './members.ts';
import type { ExtraRight, MemberRole } from './rights.ts';

export interface NewUser {
  email: string;
  passwordHash: string;
  locale?: Locale;
  /** Mail to the address is known to arrive. */
  confirmed?: boolean;
  /** When the account goes, unless the e-mail is confirmed; null where it stays. */
  confirmBy?: Date | null;
  /** Null for somebody who is about to become a member. */
  belongsTo: { customerId: number; role?: MemberRole; rights?: ExtraRight[] } | { staffRole: string } | null;
}

/** Adds a user who can sign in: a member of a customer (its owner, unless said), or staff. @returns the user's id */
export async function createUser(trx: Transaction, clock: Clock, user: NewUser): Promise<number> {
  const { belongsTo } = user;
  const id = await insertRow(trx, 'users', {
    email: user.email,
    password_hash: user.passwordHash,
    locale: user.locale ?? 'en',
    staff_role: belongsTo && 'staffRole' in belongsTo ? belongsTo.staffRole : null,
    email_confirmed_at: (user.confirmed ?? true) ? clock.now() : null,
    confirm_by: user.confirmBy ?? null,
    created_at: clock.now(),
  });
  if (belongsTo && 'customerId' in belongsTo) await addMember(trx, clock, { role: 'owner', ...belongsTo, userId: id });
  return id;
}
