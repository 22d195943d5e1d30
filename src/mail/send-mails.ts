import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import { MESSAGES, type StoredMail } from '../domain/notifications/messages.ts';
import { type MailStyle, renderMail, type RenderedMail } from './render-mail.ts';

/** Sends messages through a mail server; its errors may have `responseCode` and `handedOver`. */
export interface MailTransport {
  sendMail(message: {
    from: string;
    to: string;
    subject: string;
    text: string;
    html: string;
    replyTo: string;
    messageId: string;
    headers: Record<string, string>;
  }): Promise<unknown>;
}

export interface MailSettings extends MailStyle {
  from: string;
  /** Where answers go. */
  supportEmail: string;
}

/** Asks automatic replies to stay away: RFC 3834, and Microsoft's own header. */
const WRITTEN_BY_A_PROGRAM = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };

/** Minutes to wait after the first, second … failed attempt; after the last one it has failed for good. */
const RETRY_MINUTES = [1, 5, 30, 120, 360, 1440];

/** A claim older than this, in minutes, belongs to a worker that died. */
const CLAIM_MINUTES = 15;

/** Messages sent at the same time, each to another person. */
const PARALLEL = 4;

export interface SendingCounts {
  sent: number;
  failed: number;
  /** The last error of the mail server, or of the connection to it, that is about no single message. */
  outage?: string;
}

/**
 * Sends the messages that are due, each at most once, even if a process dies in between: a message is claimed before it is
 * handed to the mail server, sent again only when the server certainly did not take it, and left for staff as uncertain
 * otherwise. Any number of workers may do so at once. A person's messages are sent in the order in which they were
 * written: "in service" never before "is placed".
 * @param signal when it is aborted, no further message is claimed
 * @returns how many were sent, and how many attempts failed, for now or for good
 */
export async function sendMails(
  db: Db,
  clock: Clock,
  transport: MailTransport,
  settings: MailSettings,
  signal?: AbortSignal,
): Promise<SendingCounts> {
  await markStaleClaimsUncertain(db, clock);
  const counts: SendingCounts = { sent: 0, failed: 0 };
  const next = () => (signal?.aborted ? null : claim(db, clock));
  const work = async () => {
    for (let mail = await next(); mail; mail = await next())
      await sendOne(db, clock, transport, settings, mail, counts);
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return counts;
}

/** Without a mail server, messages are only stored, and not sent even when a mail server is configured later. */
export async function keepMails(db: Db): Promise<void> {
  await db('mails').where({ state: 'waiting' }).update({ state: 'kept' });
}

async function markStaleClaimsUncertain(db: Db, clock: Clock) {
  const before = new Date(clock.now().getTime() - CLAIM_MINUTES * 60_000);
  await db('mails')
    .where({ state: 'sending' })
    .where('claimed_at', '<', before)
    .update({ state: 'uncertain', last_error: 'The worker ended while it was sending' });
}

type ClaimedMail = StoredMail & { attempts: number };

async function claim(db: Db, clock: Clock): Promise<ClaimedMail | null> {
  const { rows } = await db.raw<{ rows: ClaimedMail[] }>(
    `update mails
     set state = 'sending', claimed_at = :now, attempts = attempts + 1
     where id = (
       select m.id
       from mails m
       where m.state = 'waiting'
         and m.due_at <= :now
         and not exists (
           select
           from mails earlier
           where earlier.user_id is not distinct from m.user_id
             and earlier.recipient = m.recipient
             and earlier.id < m.id
             and earlier.state in ('waiting', 'sending')
         )
       order by m.due_at, m.id
       limit 1
       for update skip locked
     )
     returning id, kind, locale, recipient, data, attempts, enqueued_at,
       coalesce((
         select c.first_name
         from customers c
         join memberships s on s.customer_id = c.id and s.user_id = mails.user_id and s.role = 'owner'
         where c.id = mails.customer_id
       ), '') as first_name`,
    { now: clock.now() },
  );
  return rows[0] ?? null;
}

async function sendOne(
  db: Db,
  clock: Clock,
  transport: MailTransport,
  settings: MailSettings,
  mail: ClaimedMail,
  counts: SendingCounts,
): Promise<void> {
  const row = db('mails').where({ id: mail.id });
  try {
    const { subject, text, html } = written(mail, settings);
    const host = new URL(settings.siteUrl).hostname;
    await transport.sendMail({
      from: settings.from,
      to: mail.recipient,
      subject,
      text,
      html,
      replyTo: replyTo(mail, settings),
      // Ids begin anew with a database; the moment does not.
      messageId: `<mail-${mail.id}@${mail.enqueued_at.getTime()}.${host}>`,
      headers: headersOf(mail, settings),
    });
  } catch (error) {
    const words = String(error).slice(0, 500);
    counts.failed += 1;
    if (isOutage(error)) counts.outage = words;
    await row.update({ ...outcomeOf(error, mail.attempts, clock), last_error: words });
    return;
  }
  counts.sent += 1;
  await row.update({ state: 'sent', sent_at: clock.now(), last_error: null });
}

/** Whoever answers a customer's message answers the customer. */
const replyTo = ({ data }: ClaimedMail, { supportEmail }: MailSettings): string =>
  typeof data.reply_to === 'string' ? data.reply_to : supportEmail;

/** Messages that a customer can choose not to get say where (RFC 2369, 3.2); what a customer writes is no program's. */
function headersOf({ kind }: ClaimedMail, { siteUrl }: MailSettings): Record<string, string> {
  if (kind === 'support_request') return {};
  const chosen = MESSAGES[kind] !== null;
  return { ...WRITTEN_BY_A_PROGRAM, ...(chosen && { 'List-Unsubscribe': `<${siteUrl}/profile>` }) };
}

/** The message; a bug of ours is no outage of the mail server, and is retried like a refusal of this message. */
function written(mail: ClaimedMail, settings: MailSettings): RenderedMail {
  try {
    return renderMail(mail, settings);
  } catch (error) {
    throw Object.assign(new Error(`The message cannot be written: ${String(error)}`), { command: 'DATA' });
  }
}

/** Whether it is about the connection between the servers, not about a message. */
function isOutage(error: unknown): boolean {
  const { command, handedOver } = error as { command?: string; handedOver?: boolean };
  return !handedOver && !['MAIL FROM', 'RCPT TO', 'DATA'].includes(command ?? '');
}

/** What becomes of a message after an error, by what the mail server said, and how far it had got. */
function outcomeOf(error: unknown, attempts: number, clock: Clock) {
  const { responseCode, command, handedOver } = error as {
    responseCode?: number;
    command?: string;
    handedOver?: boolean;
  };
  // It was given the message and did not answer: it may have accepted it.
  if (handedOver && responseCode === undefined) return { state: 'uncertain' };
  const wait = RETRY_MINUTES[attempts - 1];
  // A refusal of this message or its recipient; an earlier one is about the connection and will pass.
  const refusedForGood = (responseCode ?? 0) >= 500 && ['RCPT TO', 'DATA'].includes(command ?? '');
  if (refusedForGood || wait === undefined) return { state: 'failed' };
  return { state: 'waiting', due_at: new Date(clock.now().getTime() + wait * 60_000) };
}
