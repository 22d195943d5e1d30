import type { Logger } from 'pino';
import type { MailTransport, SendingCounts } from './send-mails.ts';

/** The mail servers that could not be used the last time. */
const unusable = new WeakSet<MailTransport>();

/** Logs once that a mail server cannot be used, and once that it can be used again. */
export function noteOutage(log: Logger, transport: MailTransport, { sent, outage }: SendingCounts): void {
  if (outage !== undefined && sent === 0) {
    if (!unusable.has(transport)) log.warn({ reason: outage }, 'mail does not go out: the mail server cannot be used');
    unusable.add(transport);
  } else if (sent > 0 && unusable.delete(transport)) {
    log.info({ sent }, 'mail goes out again');
  }
}
