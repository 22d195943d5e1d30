import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import type { MailTransport } from './send-mails.ts';

/** How long each answer of the mail server is waited for, in milliseconds. */
const TIMEOUTS = { connectionTimeout: 20_000, greetingTimeout: 20_000, socketTimeout: 60_000 };

interface Progress {
  handedOver: boolean;
}

/**
 * A transport to the mail server of an `smtp://` or `smtps://` address. Its errors say with `handedOver` whether the
 * server was given the message: nodemailer's own errors do not distinguish a connection that breaks afterwards from one
 * that breaks before.
 */
export function smtpTransport(url: string): MailTransport {
  const transport = createTransport({ url, ...TIMEOUTS });
  // The message is built first, and then read only when the server has asked for it.
  transport.use('stream', (mail, done) => {
    const { progress } = mail.data as unknown as { progress: Progress };
    mail.message.build((error, message) => {
      if (error) return done(error);
      mail.message.createReadStream = () =>
        new Readable({
          read() {
            progress.handedOver = true;
            this.push(message);
            this.push(null);
          },
        });
      done();
    });
  });
  return {
    async sendMail(message) {
      const progress: Progress = { handedOver: false };
      try {
        await transport.sendMail({ ...message, progress } as typeof message);
      } catch (error) {
        throw Object.assign(error as Error, progress);
      }
    },
  };
}
