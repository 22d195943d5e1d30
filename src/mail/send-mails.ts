import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import type { StoredMail } from '../domain/notifications/messages.ts';
import { type MailStyle, renderMail } from './render-mail.ts';

/** What hands messages to a mail server; its errors may have `responseCode` and `handedOver`. */
export interface MailTransport {
  sendMail(message: {
    from: string;
    to: string;
    subject: string;
    text: string;
    html: string;
    messageId: string;
    headers: Record<string, string>;
  }): Promise<unknown>;
}

export interface MailSettings extends MailStyle {
  from: string;
}

/** Nobody wrote it, so nobody's out-of-office has to answer: RFC 3834, and Microsoft's own word for it. */
const WRITTEN_BY_A_PROGRAM = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };

/** Minutes to wait after the first, second … failed attempt; after the last one it has failed for good. */
const RETRY_MINUTES = [1, 5, 30, 120, 360, 1440];

/** A claim older than this, in minutes, belongs to a worker that died. */
const CLAIM_MINUTES = 15;

/** Messages sent at once, to as many people; each waits for the mail server. */
const PARALLEL = 4;

export interface SendingCounts {
  sent: number;
  failed: number;
  /** What the mail server, or the way to it, said last when it took no message at all from us. */
  outage?: string;
}

/**
 * Sends the messages that are due, each at most once, whatever dies in between: a message is claimed before it is
 * handed to the mail server, sent again only when the server certainly did not take it, and left for staff as uncertain
 * otherwise. Any number of workers may do so at once. A person's messages leave in the order in which they were
 * written: "in service" never before "is placed".
 * @param signal claims no more once it says so
 * @returns how many were sent, and how many attempts failed, for now or for good
 */
export async function sendMails(
  db: Db,
  clock: Clock,
  transport: MailTransport,
  settings: MailSettings,
  signal?: AbortSignal,
): Promise<SendingCounts> {
  await giveUpStaleClaims(db, clock);
  const counts: SendingCounts = { sent: 0, failed: 0 };
  const next = () => (signal?.aborted ? null : claim(db, clock));
  const work = async () => {
    for (let mail = await next(); mail; mail = await next())
      await sendOne(db, clock, transport, settings, mail, counts);
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return counts;
}

/** Without a mail server, messages are kept to be read and never sent, not even once there is one. */
export async function keepMails(db: Db): Promise<void> {
  await db('mails').where({ state: 'waiting' }).update({ state: 'kept' });
}

async function giveUpStaleClaims(db: Db, clock: Clock) {
  const before = new Date(clock.now().getTime() - CLAIM_MINUTES * 60_000);
  await db('mails')
    .where({ state: 'sending' })
    .where('claimed_at', '<', before)
    .update({ state: 'uncertain', last_error: 'The worker ended while it was sending' });
}

type Claimed = StoredMail & { attempts: number };

async function claim(db: Db, clock: Clock): Promise<Claimed | null> {
  const { rows } = await db.raw<{ rows: Claimed[] }>(
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
           where earlier.user_id = m.user_id
             and earlier.id < m.id
             and earlier.state in ('waiting', 'sending')
         )
       order by m.due_at, m.id
       limit 1
       for update skip locked
     )
     returning id, kind, locale, recipient, data, attempts`,
    { now: clock.now() },
  );
  return rows[0] ?? null;
}

async function sendOne(
  db: Db,
  clock: Clock,
  transport: MailTransport,
  settings: MailSettings,
  mail: Claimed,
  counts: SendingCounts,
): Promise<void> {
  const row = db('mails').where({ id: mail.id });
  try {
    const { subject, text, html } = await renderMail(mail, settings).catch(cannotBeWritten);
    const host = new URL(settings.siteUrl).hostname;
    await transport.sendMail({
      from: settings.from,
      to: mail.recipient,
      subject,
      text,
      html,
      messageId: `<mail-${mail.id}@${host}>`,
      headers: WRITTEN_BY_A_PROGRAM,
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

/** A fault of ours, and not of a mail server: said at once, and tried again like a refusal of this message. */
function cannotBeWritten(error: unknown): never {
  throw Object.assign(new Error(`The message cannot be written: ${String(error)}`), { command: 'DATA' });
}

/** Whether it is between the servers, before any message was spoken of. */
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
  // It was given the message and did not answer: it may well have taken it.
  if (handedOver && responseCode === undefined) return { state: 'uncertain' };
  const wait = RETRY_MINUTES[attempts - 1];
  // Of this message or its reader; what is refused earlier is between the servers, and passes.
  const refusedForGood = (responseCode ?? 0) >= 500 && ['RCPT TO', 'DATA'].includes(command ?? '');
  if (refusedForGood || wait === undefined) return { state: 'failed' };
  return { state: 'waiting', due_at: new Date(clock.now().getTime() + wait * 60_000) };
}
