import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';

/** What staff and the portal change, in the order in which pages list it. */
export const AUDIT_ACTIONS = [
  'balance.adjusted',
  'rates.imported',
  'rate.entered',
  'rate.confirmed',
  'rate.rejected',
  'currency.added',
  'currency.changed',
  'category.created',
  'category.changed',
  'location.created',
  'location.changed',
  'plan.created',
  'plan.changed',
  'plan.prices_changed',
  'plan.prices_withdrawn',
  'option.created',
  'option.changed',
  'network.created',
  'network.changed',
  'network.removed',
  'network.addresses_changed',
  'settings.changed',
  'seller.saved',
  'order.activated',
  'order.address_changed',
  'order.refused',
  'order.left_out',
  'order.put_back',
  'billing.run',
  'staff.set_up',
  'staff.invited',
  'staff.invitation_withdrawn',
  'staff.changed',
  'staff.sessions_ended',
  'customer.created',
  'customer.profile_changed',
  'customer.email_changed',
  'customer.reset_sent',
  'customer.unlocked',
  'customer.sessions_ended',
  'customer.factor_removal_asked',
  'customer.factor_removal_approved',
  'customer.factor_removed',
  'customer.blocked',
  'customer.unblocked',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export interface AuditEntry {
  /** Null for the portal itself. */
  userId: number | null;
  action: AuditAction;
  subject: {
    type:
      | 'customer'
      | 'rates'
      | 'currency'
      | 'order'
      | 'billing'
      | 'staff'
      | 'category'
      | 'location'
      | 'plan'
      | 'option'
      | 'network'
      | 'settings';
    id: string;
  };
  customerId?: number;
  reason?: string;
  details?: Record<string, unknown>;
}

/** Writes who changed what and why, in the transaction of the change (rule S3). */
export async function recordAudit(trx: Transaction, clock: Clock, entry: AuditEntry): Promise<void> {
  await trx('audit_log').insert({
    at: clock.now(),
    user_id: entry.userId,
    role: trx('users').where({ id: entry.userId }).select('staff_role'),
    action: entry.action,
    subject_type: entry.subject.type,
    subject_id: entry.subject.id,
    customer_id: entry.customerId ?? null,
    reason: entry.reason ?? '',
    details: JSON.stringify(entry.details ?? {}),
  });
}
