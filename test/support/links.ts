import { type AccountMessageKind, MAIL_LINK } from '../../src/domain/notifications/messages.ts';
import type { Portal } from './portal.ts';

/** Where the last message of a kind to an address leads, as its reader would open it. */
export async function linkTo(
  { db, services }: Pick<Portal, 'db' | 'services'>,
  email: string,
  kind: AccountMessageKind,
): Promise<string> {
  const mail = await db('mails').where({ recipient: email, kind }).orderBy('id', 'desc').first();
  if (!mail) throw new Error(`There is no message ${kind} to ${email}`);
  return services.sealing.open(mail.data.link, MAIL_LINK);
}
