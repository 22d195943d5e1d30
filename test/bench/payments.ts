import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { systemClock } from '../../src/platform/clock.ts';
import { parseConfig } from '../../src/platform/config.ts';
import { inTransaction } from '../../src/platform/db/transaction.ts';
import { SANDBOX } from '../../src/domain/gateways/sandbox.ts';
import { Money } from '../../src/domain/money/money.ts';
import { createTopUp } from '../../src/domain/payments/create-top-up.ts';
import { payInvoices } from '../../src/domain/payments/pay-invoices.ts';
import { recordGatewayEvent } from '../../src/domain/payments/record-gateway-event.ts';
import { startPayment } from '../../src/domain/payments/start-payment.ts';
import { issueRenewalInvoice } from '../../src/domain/renewals/issue-renewal-invoice.ts';
import { adjustBalance } from '../../src/domain/staff/adjust-balance.ts';
import { byHand, systemAccountsOf } from './by-hand.ts';
import type { Database } from './database.ts';
import { median, type Report } from './report.ts';

const CLIENTS = 8;
const ROUNDS = 5;
/** For each client, in a round. */
const PAYMENTS = 6;

const clock = systemClock('UTC');
const config = parseConfig({ SEED_DEMO: 'false' });

/** Something that is paid: by the application, or by hand. */
interface Payable {
  customerId: number;
  invoiceId: number;
  /** Of the gateway's payment, for a top-up. */
  reference: string;
}

/**
 * Payments by as many clients at once, each for a customer of its own: renewals from the balance, and captures of
 * top-ups. Beside each the same changes of the same rows by hand-written statements, prepared, in one transaction.
 */
export async function benchPayments(database: Database, report: Report): Promise<void> {
  const { url } = database;
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  const hand = byHand(pool, await systemAccountsOf(database.db));
  for (const [name, payables, ways] of [
    ['paying from the balance', await renewalsOf(database), { app: pay, hand: hand.pay }],
    ['capture of a top-up', await topUpsOf(database), { app: capture, hand: hand.capture }],
  ] as const) {
    const app = (payable: Payable) => ways.app(database, payable);
    const statements = await countStatements(database, app, payables);
    reportRace(report, name, await race(payables, { app, hand: ways.hand }), statements);
  }
  await pool.end();
}

const pay = ({ db }: Database, { customerId, invoiceId }: Payable) =>
  payInvoices(db, clock, { customerId, userId: null, invoiceIds: [invoiceId] });

const capture = ({ db }: Database, { reference }: Payable) =>
  recordGatewayEvent(db, clock, SANDBOX, {
    id: randomUUID(),
    type: 'captured',
    reference,
    money: Money.of('10.00', 'EUR'),
  });

interface Speed {
  perSecond: number;
  /** Milliseconds of this process for each. */
  cpuMs: number;
}

/** In turns: half of the customers' payables by one, then the others' by the other, some of each at a time. */
async function race(
  payables: Payable[][],
  ways: Record<'app' | 'hand', (payable: Payable) => Promise<unknown>>,
): Promise<Record<'app' | 'hand', Speed>[]> {
  const sides = { app: payables.slice(0, CLIENTS), hand: payables.slice(CLIENTS) };
  const rounds: Record<'app' | 'hand', Speed>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const some = (of: Payable[][]) => of.map((all) => all.slice(round * PAYMENTS, (round + 1) * PAYMENTS));
    rounds.push({ app: await timed(some(sides.app), ways.app), hand: await timed(some(sides.hand), ways.hand) });
  }
  // The first turn warms up.
  return rounds.slice(1);
}

async function timed(clients: Payable[][], way: (payable: Payable) => Promise<unknown>): Promise<Speed> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  await Promise.all(
    clients.map(async (own) => {
      for (const payable of own) await way(payable);
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  const count = clients.flat().length;
  return { perSecond: (count * 1000) / (performance.now() - began), cpuMs: (user + system) / 1000 / count };
}

function reportRace(report: Report, name: string, rounds: Record<'app' | 'hand', Speed>[], statements: number) {
  const of = (way: 'app' | 'hand') => median(rounds.map((round) => round[way].perSecond));
  const cpu = (way: 'app' | 'hand') => median(rounds.map((round) => round[way].cpuMs));
  report.add({
    name: `${name}, of hand-written statements`,
    value: median(rounds.map(({ app, hand }) => app.perSecond / hand.perSecond)),
    atLeast: 0.6,
    detail: `${Math.round(of('app'))} of ${Math.round(of('hand'))} a second`,
  });
  report.add({ name: `${name}, statements`, value: statements, atMost: 10 });
  report.add({ name: `${name}, a second`, value: of('app') });
  report.add({
    name: `${name}, CPU of each`,
    unit: 'ms',
    value: cpu('app'),
    detail: `by hand ${cpu('hand').toFixed(2)} ms`,
  });
}

async function countStatements({ db }: Database, way: (payable: Payable) => Promise<unknown>, payables: Payable[][]) {
  const payable = payables[0]?.pop();
  if (!payable) throw new Error('Nothing to pay');
  let statements = 0;
  const count = () => void statements++;
  db.on('query', count);
  await way(payable);
  db.off('query', count);
  return statements;
}

/** One more is paid while its statements are counted. */
const EACH = ROUNDS * PAYMENTS + 1;

/** Those of both sides, beside the two whose pages are measured. */
const customersOf = ({ db }: Database) =>
  db('customers')
    .orderBy('id')
    .offset(2)
    .limit(2 * CLIENTS)
    .pluck<number[]>('id');

/** Unpaid renewals, each of one order, and money for them. */
async function renewalsOf(database: Database): Promise<Payable[][]> {
  const { db } = database;
  const staff = await db('users').whereNotNull('staff_role').first<{ id: number }>('id');
  return Promise.all(
    (await customersOf(database)).map(async (customerId) => {
      const money = Money.of('100000.00', 'EUR');
      await adjustBalance(db, clock, { customerId, userId: staff.id, money, reason: 'To be measured' });
      const orders = await db('orders')
        .where({ customer_id: customerId, status: 'active' })
        .limit(EACH)
        .pluck<number[]>('id');
      const payables: Payable[] = [];
      for (const orderId of orders) {
        const issued = await inTransaction(db, (trx) =>
          issueRenewalInvoice(trx, clock, config.seller, { customerId, renewals: [{ orderId }] }),
        );
        payables.push({ customerId, invoiceId: issued.id, reference: '' });
      }
      return payables;
    }),
  );
}

/** Top-ups that were started at the sandbox gateway. */
async function topUpsOf(database: Database): Promise<Payable[][]> {
  const { db } = database;
  return Promise.all(
    (await customersOf(database)).map(async (customerId) => {
      const payables: Payable[] = [];
      for (let made = 0; made < EACH; made++) {
        const { id: invoiceId } = await createTopUp(db, clock, config, { customerId, pay: Money.of('10.00', 'EUR') });
        const started = await startPayment(db, clock, config, { customerId, invoiceId, gateway: SANDBOX });
        if (started.outcome !== 'started') throw new Error('The quote has run out');
        payables.push({ customerId, invoiceId, reference: started.reference });
      }
      return payables;
    }),
  );
}
