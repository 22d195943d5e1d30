import { z } from 'zod';
import { STAFF_MAIL_SORTS, staffMails } from '../../domain/desk/mail-list-queries.ts';
import { streamFound } from '../../domain/desk/staff-list.ts';
import { MESSAGES, type MessageKind } from '../../domain/notifications/messages.ts';
import { choice, idField, listFields } from '../../web/list-address.ts';
import { csvTime, sendCsv } from '../../web/rendering/csv.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { readStaffList } from './read-staff-list.ts';

const STATES = ['waiting', 'sending', 'sent', 'failed', 'uncertain', 'kept'] as const;
const KINDS = Object.keys(MESSAGES) as [MessageKind, ...MessageKind[]];

const Query = z.object({
  ...listFields([...STAFF_MAIL_SORTS], 'id', 'desc'),
  state: choice(STATES),
  troubled: choice(['1']),
  kind: choice(KINDS),
  customer: idField,
});

function asked({ req }: StaffRequest) {
  const query = Query.parse(req.query);
  return { query, filter: { ...query, troubled: query.troubled === '1' } };
}

/** What was sent to whom; not what it said. */
export async function showMails(context: StaffRequest) {
  await renderPage(context, 'staff/mails', await mailsPage(context));
}

async function mailsPage(context: StaffRequest) {
  const { query, filter } = asked(context);
  return {
    title: context.t('staff.mails.title'),
    ...(await readStaffList(context, staffMails, query, filter)),
    query,
    states: STATES,
    kinds: KINDS,
  };
}
export type MailsPage = PageOf<typeof mailsPage>;

export async function downloadMails(context: StaffRequest) {
  const { db, t, config } = context;
  const { query, filter } = asked(context);
  const time = csvTime(config.timeZone);
  const { mailKindText } = await context.helpers();
  await sendCsv(context, {
    name: 'mails',
    items: streamFound(db, staffMails, filter, query),
    label: (column) => t(`staff.mails.column.${column}`),
    columns: {
      id: (mail) => mail.id,
      written: (mail) => time(mail.enqueuedAt),
      kind: (mail) => mailKindText(mail.kind),
      recipient: (mail) => mail.recipient,
      customer: (mail) => mail.customerId,
      state: (mail) => t(`terms.mail_state.${mail.state}`),
      sent: (mail) => (mail.sentAt ? time(mail.sentAt) : ''),
      attempts: (mail) => mail.attempts,
      error: (mail) => mail.lastError,
    },
  });
}
