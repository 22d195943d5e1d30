import type { Db } from '../../platform/db/database.ts';

/** The subjects that a member of a customer is mailed about. */
export async function getNotifications(
  db: Db,
  { userId, customerId }: { userId: number; customerId: number },
): Promise<string[]> {
  const row = await db('memberships')
    .where({ user_id: userId, customer_id: customerId })
    .first<{ notifications: string[] }>('notifications');
  return row.notifications;
}
