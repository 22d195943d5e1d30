import type { Db } from '../../platform/db/database.ts';

/** The subjects that a user is mailed about. */
export async function getNotifications(db: Db, userId: number): Promise<string[]> {
  const row = await db('users').where({ id: userId }).first<{ notifications: string[] }>('notifications');
  return row.notifications;
}
