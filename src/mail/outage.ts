import type { Logger } from 'pino';
import type { MailTransport, SendingCounts } from './send-mails.ts';

/** The mail servers that did not talk to us the last time. */
const silent = new WeakSet<MailTransport>();

/** Says once that a mail server has stopped talking to us, and once that it does again. */
export function noteOutage(log: Logger, transport: MailTransport, { sent, outage }: SendingCounts): void {
  if (outage !== undefined && sent === 0) {
    if (!silent.has(transport)) log.warn({ reason: outage }, 'mail does not go out: the mail server cannot be used');
    silent.add(transport);
  } else if (sent > 0 && silent.delete(transport)) {
    log.info({ sent }, 'mail goes out again');
  }
}
