import type { Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { MailTransport } from '../../src/mail/send-mails.ts';
import { smtpTransport } from '../../src/mail/smtp-transport.ts';

export interface ReceivedMail {
  to: string[];
  /** The whole message, as it was sent. */
  raw: string;
}

/** How the server treats the next messages. */
type Mood = 'takes' | 'is busy' | 'refuses' | 'hangs up before the message' | 'hangs up after the message';

/** A real mail server in this process. */
export class MailServer {
  readonly received: ReceivedMail[] = [];
  mood: Mood = 'takes';
  readonly #server: SMTPServer;
  readonly url: string;
  readonly transport: MailTransport;
  readonly port: number;

  private constructor(server: SMTPServer, port: number) {
    this.#server = server;
    this.port = port;
    this.url = `smtp://127.0.0.1:${port}?ignoreTLS=true`;
    this.transport = smtpTransport(this.url);
  }

  static async start(port = 0): Promise<MailServer> {
    let mails: MailServer | undefined;
    const sockets: Socket[] = [];
    const hangUp = () => {
      for (const socket of sockets.splice(0)) socket.destroy();
    };
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo(_address, _session, done) {
        if (mails?.mood === 'hangs up before the message') return hangUp();
        done(mails?.mood === 'refuses' ? refusal(550, 'no such mailbox') : undefined);
      },
      onData(stream, session, done) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          if (mails?.mood === 'is busy') return done(refusal(451, 'come back later'));
          const to = session.envelope.rcptTo.map(({ address }) => address);
          mails?.received.push({ to, raw: Buffer.concat(chunks).toString() });
          if (mails?.mood === 'hangs up after the message') return hangUp();
          done();
        });
      },
    });
    server.on('error', () => {});
    server.server.on('connection', (socket: Socket) => sockets.push(socket));
    await new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', resolve);
    });
    mails = new MailServer(server, (server.server.address() as { port: number }).port);
    return mails;
  }

  async stop() {
    await new Promise<void>((resolve) => {
      this.#server.close(resolve);
    });
  }
}

const refusal = (responseCode: number, words: string) => Object.assign(new Error(words), { responseCode });
