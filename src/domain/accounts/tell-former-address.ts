import type { Clock } from '../../platform/clock.ts';
import type { Transaction } from '../../platform/db/database.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import type { Sealing } from '../../platform/sealing.ts';
import { makeLink } from '../identity/account-links.ts';
import type { Visit } from '../identity/browser.ts';
import { enqueueAddressMail } from '../notifications/enqueue-user-mail.ts';
import { sealedLink } from './mail-link.ts';

/** Tells the address that an account had that it has another one now, with the way back. */
export async function tellFormerAddress(
  trx: Transaction,
  clock: Clock,
  sealing: Sealing,
  change: { userId: number; before: { email: string; locale: Locale }; email: string; visit?: Visit },
): Promise<void> {
  const { userId, before, email, visit } = change;
  const token = await makeLink(trx, clock, { purpose: 'return_email', userId, email: before.email });
  await enqueueAddressMail(trx, clock, {
    kind: 'email_changed',
    recipient: before.email,
    locale: before.locale,
    userId,
    ...(visit && { visit }),
    data: { new_email: email, ...sealedLink(sealing, `/email-returns/${token}`) },
  });
}
