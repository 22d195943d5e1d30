import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Money } from '../../../src/domain/money/money.ts';
import { report } from '../../support/webhook.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.storeRates({ USD: '1.1' });
  await world.addCustomer({ balance: '10.00' });
  await world.addCustomer({ currency: 'USD', balance: '11.00' });
});
afterAll(() => world.close());

const workList = async (role = 'support') => (await world.signIn(await world.addStaff(role))).get('/staff');

describe('the work list (desk b1)', () => {
  it('says when nothing waits', async () => {
    const page = await workList();
    expect(page.textOf('[data-waiting]')).toContain('Nothing waits.');
    expect(page.texts('[data-work]')).toEqual([]);
  });

  it('shows what all customers’ balances come to, in each currency and in euros (S2)', async () => {
    const page = await workList();
    const total = (currency: string) => page.amount(`[data-totals] tr[data-currency=${currency}]`);
    expect([total('EUR'), total('USD')]).toEqual(['10.00', '11.00']);
    expect(page.amount('[data-total]')).toBe('20.00');
  });

  it('counts orders to set up, with the age of the oldest, and leads to them', async () => {
    const customer = await world.addCustomer({ balance: '500.00' });
    const { invoice } = await world.placeOrder(customer, { plan: 'ds-e-2276g' });
    await world.pay(customer, invoice.id);
    world.clock.advanceMinutes(3 * 60);
    const page = await workList();
    expect(page.textOf('[data-work=orders_to_set_up]')).toMatch(/^1 Order to set up Dedicated server 3 h/);
    expect(page.link('[data-work=orders_to_set_up] a')).toBe('/staff/provisioning');
    expect(page.textOf('.desk-side a[href="/staff/provisioning"] .desk-count')).toBe('1');
  });

  it('counts a payment that differs from its invoice, and leads to it (T6)', async () => {
    const customer = await world.addCustomer();
    const { reference } = await world.startTopUp(customer, '20.00', 'EUR');
    await report(world, { reference, money: Money.of('15.00', 'EUR') });
    const page = await workList();
    expect(page.textOf('[data-work=marked_payments]')).toContain('Amount differs');
    expect(page.link('[data-work=marked_payments] a')).toBe('/staff/payments?marked=1');
    expect(page.amounts('[data-received]')).toEqual(['15.00']);
  });

  it('counts mail that did not arrive since the evening before, and not what is older', async () => {
    const mail = { kind: 'reminder', locale: 'en', data: '{}', state: 'failed', attempts: 3 };
    const at = (hours: number) => new Date(world.clock.now().getTime() - hours * 3_600_000);
    const days = [1, 100].map((hours) => ({
      ...mail,
      recipient: 'a@example.com',
      enqueued_at: at(hours),
      due_at: at(hours),
      claimed_at: at(hours),
    }));
    await world.owner('mails').insert(days);
    const page = await workList();
    expect(page.textOf('[data-broken] [data-work=mails_not_delivered] .work-count')).toBe('1');
    expect(page.textOf('.desk-side a[href="/staff"] .desk-count.is-bad')).toBe('1');
  });

  it('shows overdue invoices by age, and leads to those of an age', async () => {
    const customer = await world.addCustomer();
    await world.placeOrder(customer);
    world.clock.advanceMinutes((7 + 9) * 24 * 60);
    const page = await workList();
    expect(page.money('[data-overdue] [data-age="8_30"]')).toEqual(['9.50 EUR']);
    const list = await (await world.signIn(await world.addStaff('support'))).get('/staff/invoices?age=8_30');
    expect(list.attributes('tbody tr', 'data-status')).toEqual(['overdue']);
  });

  it('leaves out what one’s role may not look into', async () => {
    await world.owner('staff_roles').insert({ code: 'greeter', rights: ['customers:view'] });
    const page = await workList('greeter');
    expect(
      page.$('[data-work=marked_payments], [data-work=orders_to_set_up], [data-totals], [data-overdue]').length,
    ).toBe(0);
    expect(page.attributes('.desk-side a', 'href')).toEqual([
      '/staff',
      '/staff/customers',
      '/staff/users',
      '/staff/mails',
    ]);
  });

  it('counts a thousand orders to set up, and says where there are more', async () => {
    const customer = await world.addCustomer();
    const { orderId } = await world.placeOrder(customer, { plan: 'ds-e-2276g' });
    const { rows } = await world.owner.raw(
      `select string_agg(quote_ident(column_name), ', ' order by ordinal_position) as columns
       from information_schema.columns
       where table_schema = 'public' and table_name = 'orders' and column_name not in ('id', 'status', 'placement_key')
         and is_generated = 'NEVER'`,
    );
    const { columns } = rows[0];
    await world.owner.raw(
      `insert into orders (status, ${columns})
       select 'provisioning', ${columns} from orders, generate_series(1, 1100) where id = ?`,
      [orderId],
    );
    const page = await workList();
    expect(page.textOf('[data-work=orders_to_set_up] .work-count')).toBe('1,000+');
  });
});
