import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { lockInvoices } from '../../../src/domain/invoices/lock-invoices.ts';
import { lockOrder } from '../../../src/domain/orders/lock-order.ts';
import { suspendOrder } from '../../../src/domain/renewals/suspend-order.ts';
import { changePlan } from '../../../src/domain/plan-changes/change-plan.ts';
import { cancelUnpaidInvoiceIn } from '../../../src/domain/cancellations/cancel-unpaid-invoice.ts';
import { payLockedInvoices } from '../../../src/domain/payments/pay-invoices.ts';
import { suspendUnpaid } from '../../../src/domain/billing/steps/suspend.ts';
import { expectInvariants } from '../../support/invariants.ts';
import { meanwhile, somebodyWaits } from '../../support/meanwhile.ts';
import type { TestCustomer } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let orderId: number;
beforeEach(async () => {
  world = await createWorld({ pool: 20 });
  customer = await world.addCustomer();
  // Paid until 9 April, and renewed by itself for 5.00.
  orderId = await world.addActiveOrder(customer, { plan: 'vps-1' });
  await world.db('orders').where({ id: orderId }).update({ auto_renewal: true });
});
afterEach(async () => {
  await expectInvariants(world);
  await world.close();
});

const openRenewal = () => world.unpaidInvoicesOf(customer).first<{ id: number }>('id');
/** Its renewal is issued, and the money for it comes afterwards. */
async function issueAndCredit() {
  await world.runCalendarOn('2026-04-04');
  await world.credit(customer, '5.00');
  return openRenewal();
}
/** The outcome of a run without a failure. */
const wentWell = { status: 'fulfilled', value: { failures: 0 } };

describe('what a customer or staff do at the moment at which the run renews an order', () => {
  it('money that is spent then is not there for the renewal (L2, B2)', async () => {
    await issueAndCredit();
    const { invoice } = await world.placeOrder(customer, { plan: 'vps-1' });
    const { customerId } = customer;
    const outcome = await meanwhile(
      world,
      async (trx) => {
        const invoices = await lockInvoices(trx, customerId, [invoice.id]);
        await payLockedInvoices(trx, world.clock, { customerId, userId: null, invoices });
      },
      () => world.runCalendarOn('2026-04-05'),
    );
    expect(outcome).toMatchObject(wentWell);
    expect(await world.order(orderId)).toMatchObject({ paid_until: '2026-04-09' });
    expect(await world.balanceOf(customer)).toBe('0.0000');
  });

  it('a renewal that its customer cancels then is not paid (I8, B2)', async () => {
    const renewal = await issueAndCredit();
    const outcome = await meanwhile(
      world,
      (trx) =>
        cancelUnpaidInvoiceIn(trx, world.clock, {
          customerId: customer.customerId,
          userId: null,
          invoiceId: renewal.id,
        }),
      () => world.runCalendarOn('2026-04-05'),
    );
    expect(outcome).toMatchObject(wentWell);
    expect(await world.invoice(renewal.id)).toMatchObject({ status: 'cancelled' });
    expect(await world.balanceOf(customer)).toBe('5.0000');
  });

  it('an order that is suspended for non-payment then comes back, and its customer is told so (O7, B2)', async () => {
    await issueAndCredit();
    const { customerId } = customer;
    await meanwhile(
      world,
      (trx) => suspendOrder(trx, world.clock, { customerId, orderId, reason: 'non_payment' }),
      () => world.runCalendarOn('2026-04-05'),
    );
    expect(await world.order(orderId)).toMatchObject({ status: 'active', paid_until: '2026-05-09' });
    const kinds = (rows: { kind: string }[]) => rows.map(({ kind }) => kind).slice(-2);
    expect(kinds(await world.db('order_events').where({ order_id: orderId }).orderBy('id'))).toEqual([
      'renewed',
      'resumed',
    ]);
    expect(kinds(await world.db('mails').where({ customer_id: customerId }).orderBy('id'))).toEqual([
      'suspended',
      'resumed',
    ]);
  });

  it('nothing is paid when the profile becomes incomplete then (P1, B2)', async () => {
    await issueAndCredit();
    const outcome = await meanwhile(
      world,
      (trx) => trx('customers').where({ id: customer.customerId }).update({ phone: '' }),
      () => world.runCalendarOn('2026-04-05'),
    );
    expect(outcome).toMatchObject(wentWell);
    expect(await world.balanceOf(customer)).toBe('5.0000');
  });
});

describe('what happened before the run', () => {
  it('a renewal for days that the order has moved past is not paid (O7, B2)', async () => {
    await issueAndCredit();
    const order = () => world.owner('orders').where({ id: orderId });
    await order().update({ paid_months: 2, paid_until: '2026-05-09' });
    expect((await world.runCalendarOn('2026-04-05')).counts['paid']).toBeUndefined();
    expect(await world.balanceOf(customer)).toBe('5.0000');
    await order().update({ paid_months: 1, paid_until: '2026-04-09' });
  });

  it('an upgrade that waits is ended by the renewal that is paid (O8, B2)', async () => {
    world.clock.set('2026-04-03T12:00:00Z');
    const { invoice } = await changePlan(world.db, world.clock, world.config.seller, {
      customerId: customer.customerId,
      userId: null,
      orderId,
      plan: 'vps-4',
    });
    await world.credit(customer, '5.00');
    expect((await world.runCalendarOn('2026-04-04')).counts).toMatchObject({ paid: 1 });
    expect(await world.invoice(invoice?.id ?? 0)).toMatchObject({ status: 'cancelled' });
  });
});

describe('suspending', () => {
  it('locks orders in the order of their numbers, so that there is no deadlock (B4)', async () => {
    world.clock.set('2026-03-09T12:00:00Z');
    const second = await world.addActiveOrder(customer, { plan: 'vps-1' });
    // Changed last, so that the table holds it last: it comes first only by its number.
    await world.db('orders').where({ id: orderId }).update({ comment: 'Changed last' });
    const holder = await world.db.transaction();
    await lockOrder(holder, customer.customerId, orderId);
    const context = { clock: world.clock, seller: world.config.seller, day: '2026-05-01' };
    const suspending = inTransaction(world.db, (trx) => suspendUnpaid.act(trx, context, [second, orderId]));
    await expect.poll(() => somebodyWaits(world)).toBe(true);
    const { rows } = await holder.raw('select id from orders where id = ? for update skip locked', [second]);
    await holder.rollback();
    expect(rows).toEqual([{ id: second }]);
    expect(await suspending).toHaveLength(2);
  });
});
