import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/platform/clock.ts';
import { DEMO_PASSWORD } from '../../src/platform/config.ts';
import { SHOWN_ORDER_STATUSES, shownOrderStatus } from '../../src/domain/orders/order.ts';
import { DEMO_ACCOUNTS } from '../../src/domain/identity/demo-accounts.ts';
import { seedDemo } from '../../seeds/demo.ts';
import { expectInvariants } from '../support/invariants.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ environment: { SEED_DEMO: 'true' } });
  // After both banks' files.
  world.clock.set('2026-11-22T12:00:00Z');
  // The demo brings its own catalogue.
  await world.db('plan_prices').delete();
  await world.db('plans').delete();
  await seedDemo(world.db, world.clock, world.config);
}, 60_000);
afterAll(() => world.close());

const customerOf = (email: string) => world.customerIdOf(email);

describe('the demo', () => {
  it('is made by the application’s own commands, so that every invariant holds', async () => {
    await expectInvariants(world);
  });

  it('has one customer with 60 orders or more in every status and 150 invoices or more over two years', async () => {
    const customer_id = await customerOf('anna@kabinet.example');
    const orders = await world.db('orders').where({ customer_id });
    expect(orders.length).toBeGreaterThanOrEqual(60);
    const shown = new Set(
      orders.map((order) =>
        shownOrderStatus(
          {
            status: order.status,
            suspendedFor: order.suspended_for,
            paidUntil: order.paid_until,
            endsAtPeriod: order.ends_at_period,
          },
          world.clock.today(),
        ),
      ),
    );
    expect([...shown].sort()).toEqual(SHOWN_ORDER_STATUSES.toSorted());
    const invoices = await world.db('invoices').where({ customer_id }).orderBy('id');
    expect(invoices.length).toBeGreaterThanOrEqual(150);
    expect(new Set(invoices.map((invoice) => invoice.status))).toEqual(new Set(['paid', 'unpaid', 'cancelled']));
    expect(world.clock.now().getTime() - invoices[0].issued_at.getTime()).toBeGreaterThan(600 * 86_400_000);
  });

  it('has rates of its own day from the source demo, and says from which day the real files are (C2, C5)', async () => {
    const rates = await world.db('exchange_rates').where({ effective_on: '2026-11-22' });
    expect(new Set(rates.map(({ source }) => source))).toEqual(new Set(['demo']));
    expect(new Set(rates.map(({ published_on }) => published_on))).toEqual(new Set(['2024-06-28', '2025-12-13']));
    const visitor = world.visitor();
    await visitor.signIn('anna@kabinet.example', DEMO_PASSWORD);
    const form = await visitor.get('/top-ups/new');
    expect(form.$('[data-stale-note]')).toHaveLength(0);
    expect(form.attribute('#amount-USD', 'data-rate-note')).toContain('demo rates');
    const staff = world.visitor();
    await staff.signIn('admin@kabinet.example', DEMO_PASSWORD);
    expect((await staff.get('/staff/rates')).$('tr[data-currency=USD]').text()).toContain('of Jun 28, 2024');
  });

  it('has nothing in the future', async () => {
    const { late } = await world
      .db('ledger_transactions')
      .where('occurred_at', '>', world.clock.now())
      .count({ late: '*' })
      .first<{ late: number }>();
    expect(late).toBe(0);
  });

  it('lets everybody sign in, customers and staff', async () => {
    for (const { email } of DEMO_ACCOUNTS) {
      const visitor = world.visitor();
      await visitor.signIn(email, DEMO_PASSWORD);
      expect(
        (
          await visitor.get(
            email.startsWith('admin') || email.startsWith('billing') || email.startsWith('support') ? '/staff' : '/',
          )
        ).status,
      ).toBe(200);
    }
  });

  it('keeps the customer in roubles from paying until the profile is complete', async () => {
    const visitor = world.visitor();
    await visitor.signIn('ivan@kabinet.example', DEMO_PASSWORD);
    const page = await visitor.get('/top-ups/new');
    expect(page.$('#profile-gate').text()).toContain('Адрес, Телефон');
  });

  it('stays true for 400 days of the calendar, and every date is explained by what was paid (B6)', async () => {
    // Nordwind renews by itself, as long as its money lasts.
    const customer_id = await customerOf('office@nordwind.example');
    await world.db('customers').where({ id: customer_id }).update({ auto_renewal: true });
    await world.credit({ customerId: customer_id, email: '', currency: 'USD' }, '3000.00');
    const first = world.clock.today();
    for (let days = 0; days <= 400; days++) {
      const day = addDays(first, days);
      world.clock.set(`${day}T12:00:00Z`);
      const { failures } = await world.runCalendar(day);
      expect(failures).toBe(0);
    }
    await expectInvariants(world);
    const did: string[] = await world.db('billing_run_items').distinct('action').orderBy('action').pluck('action');
    expect(did).toEqual(['cancelled', 'issued', 'paid', 'reminded', 'renewal_failed', 'suspended', 'unpaid_cancelled']);
    // Every order has ended or is paid for; none was forgotten.
    const last = addDays(first, 400);
    const forgotten = await world.db('orders').where({ status: 'active' }).where('paid_until', '<', addDays(last, -3));
    expect(forgotten).toEqual([]);
    const paid = await world
      .db('billing_run_items')
      .where({ action: 'paid' })
      .distinct('customer_id')
      .pluck('customer_id');
    expect(paid).toEqual([customer_id]);
  });
});
