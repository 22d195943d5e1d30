import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import {
  InsufficientBalance,
  InvoiceNotUnpaid,
  NotFound,
  NothingToPayFor,
  ProfileIncomplete,
  TopUpFromBalance,
} from '../../../src/domain/errors.ts';
import { markOrderCancelled } from '../../../src/domain/orders/mark-cancelled.ts';
import { SANDBOX } from '../../../src/domain/gateways/sandbox.ts';
import { recordGatewayEvent } from '../../../src/domain/payments/record-gateway-event.ts';
import { startPayment } from '../../../src/domain/payments/start-payment.ts';
import { suspendOrder } from '../../../src/domain/renewals/suspend-order.ts';
import { cancelUnpaidInvoice } from '../../../src/domain/cancellations/cancel-unpaid-invoice.ts';
import { expectInvariants } from '../../support/invariants.ts';
import { meanwhile } from '../../support/meanwhile.ts';
import type { TestCustomer } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
beforeAll(async () => {
  world = await createWorld({ pool: 64 });
  await world.storeRates({ USD: '1.0705' });
});
afterAll(async () => {
  await expectInvariants(world);
  await world.close();
});
beforeEach(async () => {
  await world.openConnections();
  customer = await world.addCustomer();
});

const outcomes = (attempts: Promise<unknown>[]) =>
  Promise.allSettled(attempts).then((results) => ({
    done: results.filter(({ status }) => status === 'fulfilled').length,
    refused: results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as Error).constructor] : [])),
  }));

async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const asked: string[] = [];
  const listen = ({ sql }: { sql: string }) => asked.push(sql);
  world.db.on('query', listen);
  await work();
  world.db.removeListener('query', listen);
  return asked;
}

/** What each statement that locks rows locks; the first, of invoices, has one table only. */
const locksIn = (asked: string[]) =>
  asked.flatMap((sql) => /\bfor (?:update|share)\b.*$/s.exec(sql)?.[0].replace(/\s+/g, ' ') ?? []);

describe('paying an invoice from the balance', () => {
  it('moves the ledger, pays the invoice and lets the order begin, in one transaction (I5)', async () => {
    await world.credit(customer, '20.00');
    const { orderId, invoice } = await world.placeOrder(customer);
    await world.pay(customer, invoice.id);
    expect(await world.balanceOf(customer)).toBe('10.5000');
    expect(await world.invoice(invoice.id)).toMatchObject({ status: 'paid', balance_after: '10.5000' });
    expect(await world.order(orderId)).toMatchObject({ status: 'provisioning', paid_months: 1 });
  });

  it('a paid renewal extends its order from the paid-until date, however early it is bought (O6, O7)', async () => {
    const orderId = await world.addActiveOrder(customer);
    expect(await world.order(orderId)).toMatchObject({ paid_until: '2026-04-09' });
    await world.credit(customer, '9.50');
    const renewal = await world.issueRenewal(customer, orderId);
    await world.pay(customer, renewal.id);
    expect(await world.order(orderId)).toMatchObject({ paid_until: '2026-05-09', paid_months: 2 });
  });

  it('an order suspended for non-payment comes back at once when its renewal is paid (O7)', async () => {
    const orderId = await world.addActiveOrder(customer);
    const renewal = await world.issueRenewal(customer, orderId);
    await inTransaction(world.db, (trx) =>
      suspendOrder(trx, world.clock, { customerId: customer.customerId, orderId, reason: 'non_payment' }),
    );
    await world.credit(customer, '9.50');
    await world.pay(customer, renewal.id);
    expect(await world.order(orderId)).toMatchObject({ status: 'active', suspended_for: null });
  });

  it('of 64 simultaneous attempts one succeeds (I5)', async () => {
    const orderId = await world.addActiveOrder(customer);
    await world.credit(customer, '100.00');
    const renewal = await world.issueRenewal(customer, orderId);
    const { done, refused } = await outcomes(Array.from({ length: 64 }, () => world.pay(customer, renewal.id)));
    expect(done).toBe(1);
    expect(new Set(refused)).toEqual(new Set([InvoiceNotUnpaid]));
    expect(await world.balanceOf(customer)).toBe('90.5000');
    expect(await world.order(orderId)).toMatchObject({ paid_months: 2 });
  });

  it('takes ten statements at most, with those that begin and end the transaction', async () => {
    const orderId = await world.addActiveOrder(customer);
    await world.credit(customer, '9.50');
    const renewal = await world.issueRenewal(customer, orderId);
    const asked = await statementsOf(() => world.pay(customer, renewal.id));
    expect(asked.length).toBeLessThanOrEqual(10);
  });

  it('takes its locks in the one order, those that are sent together too (L2)', async () => {
    const orderId = await world.addActiveOrder(customer);
    await world.credit(customer, '9.50');
    const renewal = await world.issueRenewal(customer, orderId);
    expect(locksIn(await statementsOf(() => world.pay(customer, renewal.id)))).toEqual([
      'for update',
      'for share of c for update of a',
      'for update of o',
    ]);
    const { reference, money } = await world.startTopUp(customer, '10.00', 'EUR');
    const event = { id: 'evt_in_order', type: 'captured', reference, money } as const;
    const capture = () => recordGatewayEvent(world.db, world.clock, SANDBOX, event);
    expect(locksIn(await statementsOf(capture))).toEqual(['for update', 'for update of p, a']);
  });

  it('of 64 different invoices at once only so many are paid as the balance covers (L2)', async () => {
    await world.credit(customer, '52.00');
    const orders = await Promise.all(Array.from({ length: 64 }, () => world.placeOrder(customer, { plan: 'vps-1' })));
    const { done, refused } = await outcomes(orders.map(({ invoice }) => world.pay(customer, invoice.id)));
    expect(done).toBe(10);
    expect(new Set(refused)).toEqual(new Set([InsufficientBalance]));
    expect(await world.balanceOf(customer)).toBe('2.0000');
  });

  it('of a payment and a cancellation at once one wins, and never both (I8)', async () => {
    await world.credit(customer, '200.00');
    const orders = await Promise.all(Array.from({ length: 16 }, () => world.placeOrder(customer, { plan: 'vps-1' })));
    for (const { orderId, invoice } of orders) {
      const { customerId } = customer;
      const { done } = await outcomes([
        world.pay(customer, invoice.id),
        cancelUnpaidInvoice(world.db, world.clock, { customerId, userId: null, invoiceId: invoice.id }),
      ]);
      expect(done).toBe(1);
      const [paid, order] = [await world.invoice(invoice.id), await world.order(orderId)];
      expect([`${paid.status} ${order.status}`]).toEqual(
        expect.arrayContaining([expect.stringMatching(/^(paid provisioning|cancelled cancelled)$/)]),
      );
    }
  });

  it('refuses to cancel what is paid or cancelled (I8)', async () => {
    await world.credit(customer, '9.50');
    const { customerId } = customer;
    const [paid, cancelled] = [await world.placeOrder(customer), await world.placeOrder(customer)];
    const cancel = (invoiceId: number) =>
      cancelUnpaidInvoice(world.db, world.clock, { customerId, userId: null, invoiceId });
    await world.pay(customer, paid.invoice.id);
    await cancel(cancelled.invoice.id);
    for (const { invoice } of [paid, cancelled]) await expect(cancel(invoice.id)).rejects.toThrow(InvoiceNotUnpaid);
  });

  it('refuses what the balance does not cover, says how much is missing, and books nothing (I6)', async () => {
    await world.credit(customer, '9.49');
    const { invoice } = await world.placeOrder(customer);
    const refusal = await world.pay(customer, invoice.id).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InsufficientBalance);
    expect(String((refusal as InsufficientBalance).data['missing'])).toBe('0.01 EUR');
    expect(await world.invoice(invoice.id)).toMatchObject({ status: 'unpaid' });
    expect(await world.balanceOf(customer)).toBe('9.4900');
  });

  it('refuses while the profile is incomplete (P1)', async () => {
    const { invoice } = await world.placeOrder(customer);
    await world.credit(customer, '9.50');
    await world.db('customers').where({ id: customer.customerId }).update({ phone: '' });
    await expect(world.pay(customer, invoice.id)).rejects.toThrow(ProfileIncomplete);
  });

  it('refuses when the profile becomes incomplete at the same moment (P1)', async () => {
    const { invoice } = await world.placeOrder(customer);
    await world.credit(customer, '9.50');
    const outcome = await meanwhile(
      world,
      (trx) => trx('customers').where({ id: customer.customerId }).update({ phone: '' }),
      () => world.pay(customer, invoice.id),
    );
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(ProfileIncomplete) });
    expect(await world.balanceOf(customer)).toBe('9.5000');
  });

  it('no top-up is started when the profile becomes incomplete at the same moment (P1)', async () => {
    const { customerId } = customer;
    const { invoiceId } = await world.startTopUp(customer, '10.00', 'EUR');
    const outcome = await meanwhile(
      world,
      (trx) => trx('customers').where({ id: customerId }).update({ phone: '' }),
      () => startPayment(world.db, world.clock, world.config, { customerId, invoiceId, gateway: SANDBOX }),
    );
    expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(ProfileIncomplete) });
  });

  it('refuses another customer’s invoice as one that is not there', async () => {
    const other = await world.addCustomer();
    const { invoice } = await world.placeOrder(other);
    await world.credit(customer, '100.00');
    await expect(world.pay(customer, invoice.id)).rejects.toThrow(NotFound);
  });

  it('refuses to pay a top-up from the balance it fills', async () => {
    await world.credit(customer, '100.00');
    const { invoiceId } = await world.startTopUp(customer, '10.00', 'EUR');
    await expect(world.pay(customer, invoiceId)).rejects.toThrow(TopUpFromBalance);
  });

  it('refuses a renewal whose order has ended since, and keeps the money', async () => {
    const orderId = await world.addActiveOrder(customer);
    await world.credit(customer, '9.50');
    const renewal = await world.issueRenewal(customer, orderId);
    await inTransaction(world.db, (trx) =>
      markOrderCancelled(trx, world.clock, { customerId: customer.customerId, orderId }),
    );
    await expect(world.pay(customer, renewal.id)).rejects.toThrow(NothingToPayFor);
    expect(await world.balanceOf(customer)).toBe('9.5000');
  });
});

describe('a renewal whose order has moved on', () => {
  it('is not paid, so that no day is sold twice (O7)', async () => {
    const orderId = await world.addActiveOrder(customer);
    await world.credit(customer, '9.50');
    const renewal = await world.issueRenewal(customer, orderId);
    const order = () => world.owner('orders').where({ id: orderId });
    await order().update({ paid_months: 2, paid_until: '2026-05-09' });
    await expect(world.pay(customer, renewal.id)).rejects.toThrow(NothingToPayFor);
    expect(await world.balanceOf(customer)).toBe('9.5000');
    await order().update({ paid_months: 1, paid_until: '2026-04-09' });
  });
});

describe('paying several invoices together', () => {
  it('pays all of them in one transaction (I7)', async () => {
    await world.credit(customer, '30.00');
    const orders = await Promise.all([1, 2, 3].map(() => world.placeOrder(customer)));
    await world.pay(customer, ...orders.map(({ invoice }) => invoice.id));
    expect(await world.balanceOf(customer)).toBe('1.5000');
  });

  it('pays none of them when one cannot be paid (I7)', async () => {
    await world.credit(customer, '100.00');
    const orders = await Promise.all([1, 2, 3].map(() => world.placeOrder(customer)));
    const ids = orders.map(({ invoice }) => invoice.id);
    await world.pay(customer, ids[1] as number);
    await expect(world.pay(customer, ...ids)).rejects.toThrow(InvoiceNotUnpaid);
    expect(await world.invoice(ids[0] as number)).toMatchObject({ status: 'unpaid' });
    expect(await world.balanceOf(customer)).toBe('90.5000');
  });

  it('overlapping choices, paid at once in any order, neither deadlock nor pay twice (I7)', async () => {
    await world.credit(customer, '1000.00');
    const orders = await Promise.all(Array.from({ length: 8 }, () => world.placeOrder(customer, { plan: 'vps-1' })));
    const ids = orders.map(({ invoice }) => invoice.id);
    const pairs = Array.from(
      { length: 32 },
      (_, index) => [ids[index % 8], ids[(index * 3 + 1) % 8]] as [number, number],
    );
    await outcomes(pairs.map((pair) => world.pay(customer, ...pair)));
    const paid = await world.db('invoices').whereIn('id', ids).where({ status: 'paid' });
    expect(await world.balanceOf(customer)).toBe(`${1000 - paid.length * 5}.0000`);
  });
});

describe('invoices in the database', () => {
  it('are not edited after they are issued (I3)', async () => {
    const { invoice } = await world.placeOrder(customer);
    await expect(world.owner('invoices').where({ id: invoice.id }).update({ total: '1' })).rejects.toThrow(
      /not edited/,
    );
    await expect(world.owner('invoices').where({ id: invoice.id }).update({ buyer: '{}' })).rejects.toThrow(
      /not edited/,
    );
    await expect(
      world.owner('invoice_lines').where({ invoice_id: invoice.id }).update({ amount: '1' }),
    ).rejects.toThrow();
    await expect(world.owner('invoices').where({ id: invoice.id }).delete()).rejects.toThrow();
  });

  it('that are paid or cancelled stay so (I3)', async () => {
    await world.credit(customer, '9.50');
    const [paid, cancelled] = [await world.placeOrder(customer), await world.placeOrder(customer)];
    await world.pay(customer, paid.invoice.id);
    await cancelUnpaidInvoice(world.db, world.clock, {
      customerId: customer.customerId,
      userId: null,
      invoiceId: cancelled.invoice.id,
    });
    const asIssued = { status: 'unpaid', paid_at: null, cancelled_at: null, balance_after: null };
    for (const { invoice } of [paid, cancelled])
      await expect(world.owner('invoices').where({ id: invoice.id }).update(asIssued)).rejects.toThrow(
        /is (paid|cancelled)/,
      );
  });

  it('keep the customer’s details as they were (I3)', async () => {
    const { invoice } = await world.placeOrder(customer);
    await world.db('customers').where({ id: customer.customerId }).update({ city: 'Kraków' });
    expect((await world.invoice(invoice.id)).buyer).toMatchObject({ city: 'Warszawa' });
  });

  it('are numbered without gaps, whatever is refused or issued at once (I4)', async () => {
    const attempts = Array.from({ length: 40 }, (_, index) =>
      index % 4 === 0
        ? inTransaction(world.db, async (trx) => {
            await trx('invoice_series').where({ code: 'INV' }).increment('last_sequence', 1);
            throw new Error('rolled back');
          })
        : world.placeOrder(customer),
    );
    expect(await outcomes(attempts)).toMatchObject({ done: 30 });
    const { last_sequence } = await world.db('invoice_series').where({ code: 'INV' }).first();
    const { count } = await world.db('invoices').where({ series: 'INV' }).count().first<{ count: number }>();
    expect(last_sequence).toBe(count);
    const { number } = await world.db('invoices').where({ series: 'INV', sequence: 1 }).first();
    expect(number).toBe('INV-000001');
  });

  it('a new order’s invoice is due in 7 days, a renewal’s on the paid-until date (I9)', async () => {
    const { invoice } = await world.placeOrder(customer);
    expect((await world.invoice(invoice.id)).due_on).toBe(world.daysFromToday(7));
    const orderId = await world.addActiveOrder(customer);
    const renewal = await world.issueRenewal(customer, orderId);
    expect((await world.invoice(renewal.id)).due_on).toBe('2026-04-09');
  });
});
