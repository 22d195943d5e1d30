import type { Db } from '../../platform/db/database.ts';
import { likeAnywhere } from '../../platform/db/search.ts';
import { CUSTOMER_NAME } from '../identity/user-queries.ts';
import type { MailState } from '../notifications/mail-queries.ts';
import type { StaffList } from './staff-list.ts';

export interface StaffMailFilter {
  /** A part of the recipient's address. */
  q: string;
  state?: MailState | undefined;
  /** Failed or uncertain ones. */
  troubled?: boolean;
  kind?: string | undefined;
  customer?: number | undefined;
}

export const STAFF_MAIL_SORTS = ['id'] as const;

/** A message without its text: what it says may be a secret of its reader. */
export interface StaffMail {
  id: number;
  kind: string;
  recipient: string;
  customerId: number | null;
  customer: string | null;
  state: MailState;
  attempts: number;
  lastError: string | null;
  enqueuedAt: Date;
  sentAt: Date | null;
}

interface Row {
  id: number;
  kind: string;
  recipient: string;
  customer_id: number | null;
  customer: string | null;
  state: MailState;
  attempts: number;
  last_error: string | null;
  enqueued_at: Date;
  sent_at: Date | null;
}

/** All messages that were written. */
export const staffMails: StaffList<StaffMailFilter, (typeof STAFF_MAIL_SORTS)[number], Row, StaffMail> = {
  alias: 'm',
  sorts: { id: 'id' },
  found(db: Db, filter) {
    const query = db('mails as m');
    if (filter.q) void query.whereRaw('lower(m.recipient::text) like ?', [likeAnywhere(filter.q.toLowerCase())]);
    if (filter.state) void query.where('m.state', filter.state);
    // As the index of them has it.
    if (filter.troubled) void query.whereRaw(`m.state in ('failed', 'uncertain')`);
    if (filter.kind) void query.where('m.kind', filter.kind);
    if (filter.customer) void query.where('m.customer_id', filter.customer);
    return query;
  },
  shown: (page) =>
    page
      .leftJoin('customers as c', 'c.id', 'm.customer_id')
      .select(
        'm.id',
        'm.kind',
        'm.recipient',
        'm.customer_id',
        'm.state',
        'm.attempts',
        'm.last_error',
        'm.enqueued_at',
        'm.sent_at',
        page.client.raw(`${CUSTOMER_NAME} as customer`),
      ),
  toItem: (row) => ({
    id: row.id,
    kind: row.kind,
    recipient: row.recipient,
    customerId: row.customer_id,
    customer: row.customer,
    state: row.state,
    attempts: row.attempts,
    lastError: row.last_error,
    enqueuedAt: row.enqueued_at,
    sentAt: row.sent_at,
  }),
};
