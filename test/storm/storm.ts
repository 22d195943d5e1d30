import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Decimal } from 'decimal.js';
import { Money } from '../../src/domain/money/money.ts';
import { SANDBOX_SIGNATURE_HEADER } from '../../src/domain/gateways/sandbox.ts';
import { sign } from '../../src/domain/gateways/signature.ts';
import { Books, PAYER } from '../support/books.ts';
import { Installation, type RunningApp } from '../support/installation.ts';
import { seededRandom } from '../support/random.ts';
import { Visitor } from '../support/visitor.ts';
import { arm, type Fault } from './faults.ts';

/** Half of them pay an invoice from the balance, half are reports of the sandbox bank. */
const PAYMENTS = 64;
const PRICE = '5.00';
const TOP_UP = '10.00';
/** A request without an answer for this long is sent again. */
const ANSWER_MS = 30_000;
const GIVE_UP_MS = 120_000;

/** One payment, which may be sent again and again. @returns the answer's status. @throws when there is none */
type Payment = (address: string) => Promise<number>;

export interface Round {
  fault: Fault | null;
  /** How many payments were answered before any request was sent again. */
  answeredAtOnce: number;
  /** What is wrong; empty when every payment happened exactly once. */
  violations: string[];
}

/** Dozens of payments on an installation of its own, while something goes wrong. */
export class Storm {
  readonly #installation: Installation;
  readonly #books: Books;
  readonly #random: () => number;
  #app: RunningApp;
  readonly #visitor: Visitor;
  #balance = new Decimal(0);
  private constructor(installation: Installation, books: Books, app: RunningApp, visitor: Visitor, seed: number) {
    this.#installation = installation;
    this.#books = books;
    this.#app = app;
    this.#visitor = visitor;
    this.#random = seededRandom(seed);
  }

  static async start(seed: number): Promise<Storm> {
    const installation = new Installation('kabinet storm ');
    try {
      const app = await installation.start({ ROLE: 'web', LOG_LEVEL: 'error' });
      // Killing a process loses nothing that was already handed to the operating system.
      const settings = path.join(installation.dataDir, 'postgres/cluster/postgresql.conf');
      fs.appendFileSync(settings, '\nfsync = off\n');
      const books = await Books.open(installation);
      const visitor = new Visitor(app.address);
      await visitor.signIn(PAYER.email, PAYER.password);
      return new Storm(installation, books, app, visitor, seed);
    } catch (error) {
      await installation.remove();
      throw error;
    }
  }

  async close() {
    await this.#books.close();
    await this.#installation.remove();
  }

  /** The fault comes once a random number of payments has an answer; the others are sent until they have one too. */
  async play(fault: Fault | null): Promise<Round> {
    const [payments, standby] = await Promise.all([
      this.#prepare(),
      fault === 'the application killed' ? this.#startApp() : this.#app,
    ]);
    const struck = this.#app;
    const strike = fault && (await arm(fault, { installation: this.#installation, app: struck }));
    const moment = Math.floor(this.#random() * PAYMENTS);
    let answers = 0;
    let strikeNow = () => {};
    const momentCame = new Promise<void>((resolve) => (strikeNow = resolve));
    const sent = payments.map(async (pay) => {
      const answered = await pay(struck.address).then(isAnswer, () => false);
      if (++answers > moment) strikeNow();
      return answered;
    });
    await momentCame;
    await strike?.();
    const answered = await Promise.all(sent);
    this.#app = standby;
    await this.#untilAllRuns();
    const unanswered = payments.filter((_, index) => !answered[index]);
    await Promise.all(unanswered.map((pay) => retryUntilAnswered(() => pay(standby.address))));
    return {
      fault,
      answeredAtOnce: answered.filter(Boolean).length,
      violations: await this.#violations(),
    };
  }

  #startApp(): Promise<RunningApp> {
    return this.#installation.start({ ROLE: 'web', LOG_LEVEL: 'error' });
  }

  /** Waits until the application and the database run again. */
  async #untilAllRuns() {
    await retryUntilAnswered(async () => {
      const ready = await send(`${this.#app.address}/readyz`, {});
      return this.#installation.postmaster === undefined ? 0 : ready;
    });
    await retryUntilAnswered(() => this.#books.balance().then(() => 200));
  }

  async #prepare(): Promise<Payment[]> {
    const half = PAYMENTS / 2;
    const price = new Decimal(PRICE).times(half);
    await this.#books.credit(price.toFixed(2));
    const invoices = await Promise.all(Array.from({ length: half }, () => this.#books.placeOrder()));
    const topUps = await Promise.all(Array.from({ length: half }, () => this.#books.startTopUp(TOP_UP)));
    this.#balance = this.#balance.plus(new Decimal(TOP_UP).times(half));
    return [...invoices.map((id) => this.#payFromBalance(id)), ...topUps.map((reference) => this.#report(reference))];
  }

  /** What the button on the invoice's page sends. */
  #payFromBalance(invoice: number): Payment {
    const body = new URLSearchParams({ _csrf: this.#visitor.token, method: 'balance' });
    const cookie = this.#visitor.cookies();
    return (address) =>
      send(`${address}/invoices/${invoice}/payment`, {
        method: 'POST',
        headers: { cookie },
        body,
        redirect: 'manual',
      });
  }

  /** What the sandbox bank sends, the same event each time. */
  #report(reference: string): Payment {
    const money = Money.of(TOP_UP, 'EUR');
    const event = { id: `evt_${randomUUID()}`, type: 'captured', gateway: 'sandbox', reference };
    const body = JSON.stringify({ ...event, amount: money.toDatabase(), currency: money.currency });
    const { sandbox } = this.#installation.secrets();
    return (address) =>
      send(`${address}/webhooks/sandbox`, {
        method: 'POST',
        headers: { [SANDBOX_SIGNATURE_HEADER]: sign(sandbox, body, new Date()) },
        body,
      });
  }

  async #violations(): Promise<string[]> {
    const { db } = this.#books;
    const violations = await this.#books.broken();
    const balance = new Decimal(await this.#books.balance());
    if (!balance.equals(this.#balance))
      violations.push(`The balance is ${balance.toFixed(2)}, not ${this.#balance.toFixed(2)}`);
    const open = await db('invoices').whereNot({ status: 'paid' }).pluck('number');
    if (open.length > 0) violations.push(`Not paid: ${open.join(', ')}`);
    const marked = await db('payments').whereNotNull('marked_for').pluck('reference');
    if (marked.length > 0) violations.push(`Marked for staff: ${marked.join(', ')}`);
    return violations;
  }
}

/** Done, or done already. */
const isAnswer = (status: number) => status === 303 || status === 200 || status === 422;

async function retryUntilAnswered(act: () => Promise<number>): Promise<void> {
  const until = performance.now() + GIVE_UP_MS;
  let last = '';
  while (performance.now() < until) {
    const status = await act().catch((error: Error) => error.message);
    if (typeof status === 'number' && isAnswer(status)) return;
    last = String(status);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`No answer to a payment that was sent again and again; the last was: ${last}`);
}

async function send(url: string, init: RequestInit): Promise<number> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
  await response.arrayBuffer();
  return response.status;
}
