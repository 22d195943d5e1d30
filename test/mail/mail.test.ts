import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/platform/db/transaction.ts';
import { listCurrencies } from '../../src/domain/rates/rate-queries.ts';
import { MESSAGES } from '../../src/domain/notifications/messages.ts';
import { placeOrderIn } from '../../src/domain/orders/place-order.ts';
import { keepMails, sendMails } from '../../src/mail/send-mails.ts';
import { SCHEDULE } from '../../src/schedule.ts';
import { seedProvisioning } from '../../seeds/catalogue.ts';
import { MailServer } from '../support/mail-server.ts';
import type { TestCustomer } from '../support/people.ts';
import { report } from '../support/webhook.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let server: MailServer;
let customer: TestCustomer;
beforeEach(async () => {
  world = await createWorld({ pool: 20 });
  server = await MailServer.start();
  customer = await world.addCustomer();
});
afterEach(async () => {
  await server.stop();
  await world.close();
});

const settings = async () => ({
  currencies: await listCurrencies(world.db),
  timeZone: 'UTC',
  siteUrl: 'https://portal.example.com',
  seller: 'Kabinet Hosting',
  sealing: world.services.sealing,
  from: 'Kabinet <noreply@portal.example.com>',
  supportEmail: 'support@portal.example.com',
});
const send = async (transport = server.transport) => sendMails(world.db, world.clock, transport, await settings());
const mails = () => world.db('mails').orderBy('id');
const states = async () => (await mails()).map(({ state }) => state);
/** The text of a message, whatever it was encoded with. */
const decoded = (raw: string) =>
  raw
    .replace(/=\r?\n/g, '')
    .replace(/((?:=[0-9A-F]{2})+)/g, (hex) => Buffer.from(hex.replaceAll('=', ''), 'hex').toString())
    .replace(/=\?UTF-8\?Q\?(.*?)\?=/g, (_, words: string) => words.replaceAll('_', ' '))
    .replace(/=\?UTF-8\?B\?(.*?)\?=/g, (_, words: string) => Buffer.from(words, 'base64').toString())
    .replace(/^[A-Za-z0-9+/=\r\n]{60,}$/gm, (body) => Buffer.from(body, 'base64').toString());

describe('messages', () => {
  it('tell of an order from its placing to its service, in the customer’s language, as text and as HTML', async () => {
    await inTransaction(world.db, (trx) => seedProvisioning(trx, '10.30.0.1', 5));
    const russian = await world.addCustomer({ locale: 'ru', balance: '9.50' });
    const { invoice, orderId } = await world.placeOrder(russian, { plan: 'vps-2' });
    await world.pay(russian, invoice.id);
    await send();
    const kinds = await world.db('mails').where({ customer_id: russian.customerId }).orderBy('id').pluck('kind');
    expect(kinds).toEqual(['balance_adjusted', 'order_placed', 'order_activated']);
    const placed = decoded(server.received.find(({ raw }) => decoded(raw).includes('оформлен'))?.raw ?? '');
    expect(placed).toContain(`Заказ ${orderId} оформлен`);
    expect(placed).toContain(`https://portal.example.com/invoices/${invoice.id}`);
    expect(placed).toMatch(/Content-Type: text\/plain/);
    expect(placed).toMatch(/Content-Type: text\/html/);
    expect(placed).toContain('9,50');
  });

  it('greet by name, answer to support, say how to connect, and can be told apart for ever', async () => {
    await inTransaction(world.db, (trx) => seedProvisioning(trx, '10.40.0.1', 5));
    const anna = await world.addCustomer({ balance: '9.50', profile: { firstName: 'Anna' } });
    const { invoice } = await world.placeOrder(anna, { plan: 'vps-2', hostname: 'web1.example.com' });
    await world.pay(anna, invoice.id);
    await send();
    const [adjusted, placed, activated] = server.received.map(({ raw }) => decoded(raw)) as [string, string, string];
    expect(placed).toContain('Hello, Anna,');
    expect(placed).toContain('VPS-2 (web1.example.com)');
    expect(activated).toContain('ssh root@10.40.');
    for (const raw of [adjusted, placed, activated])
      expect(raw).toMatch(/^Reply-To: support@portal\.example\.com\r?$/m);
    // Those that one can choose not to get say where; what moves money is always sent.
    expect(placed).toContain('List-Unsubscribe: <https://portal.example.com/profile>');
    expect(adjusted).not.toContain('List-Unsubscribe');
    const [first] = await mails();
    expect(adjusted).toContain(`<mail-${first.id}@${first.enqueued_at.getTime()}.portal.example.com>`);
  });

  it('are one for one event: an order that is paid at once, and several orders that are renewed together', async () => {
    const buyer = await world.addCustomer({ balance: '100.00' });
    const orders = [await world.addActiveOrder(buyer), await world.addActiveOrder(buyer)];
    const visitor = await world.signIn(buyer);
    const kindsSince = async (act: () => Promise<unknown>) => {
      const before = (await mails()).length;
      await act();
      return (await mails()).slice(before).map(({ kind }) => kind);
    };
    await visitor.get('/orders/renewals');
    const fields = Object.fromEntries(orders.map((id) => [`order[${id}]`, '1']));
    expect(await kindsSince(() => visitor.post('/orders/renewals', { ...fields, pay: 'now' }))).toEqual([
      'orders_renewed',
    ]);
    const order = { plan: 'ds-e-2388g', months: '1', hostname: 'ds.example.com', os: 'debian-13', pay: 'now' };
    // Not enough for it: the invoice is written about after all.
    expect(await kindsSince(() => visitor.post('/orders', order))).toEqual(['invoice_issued']);
    await world.credit(buyer, '200.00');
    expect(await kindsSince(() => visitor.post('/orders', { ...order, hostname: 'ds2.example.com' }))).toEqual([
      'order_paid',
    ]);
  });

  it('tell of a payment, and of a server that is paid and waits for staff', async () => {
    const { reference, money } = await world.startTopUp(customer, '200.00', 'EUR');
    await report(world, { reference, money });
    const { invoice } = await world.placeOrder(customer, { plan: 'ds-e-2276g' });
    await world.pay(customer, invoice.id);
    const kinds = (await mails()).map(({ kind }) => kind);
    expect(kinds).toEqual(['payment_received', 'order_placed', 'order_paid']);
  });

  it('are written for each kind there is, in both languages, without a gap', async () => {
    const data = {
      order: 1,
      plan: 'VPS-2',
      plan_code: 'vps-2',
      hostname: 'web.example.com',
      ip: '10.0.0.1',
      invoice: { id: 1, number: 'INV-000001' },
      total: { amount: '9.50', currency: 'EUR' },
      credited: { amount: '1', currency: 'EUR' },
      missing: { amount: '1', currency: 'EUR' },
      balance: { amount: '1', currency: 'EUR' },
      due_on: '2026-03-17',
      paid_until: '2026-04-09',
      suspended_on: '2026-04-13',
      cancelled_on: '2026-04-27',
      fields: ['phone', 'address'],
      from: '2026-05-01',
      work: [{ kind: 'orders_to_set_up', count: 2 }],
      prices: [
        {
          id: 1,
          plan: 'VPS-2',
          hostname: 'web.example.com',
          months: 1,
          before: { amount: '9.50', currency: 'EUR' },
          after: { amount: '10.50', currency: 'EUR' },
        },
      ],
    };
    const user = await world.db('users').where({ email: customer.email }).first('id');
    const now = world.clock.now();
    const reasons: Record<string, string> = { suspended: 'non_payment', cancelled: 'not_renewed' };
    for (const kind of Object.keys(MESSAGES))
      for (const locale of ['en', 'ru'])
        await world.db('mails').insert({
          customer_id: customer.customerId,
          user_id: user.id,
          kind,
          locale,
          recipient: 'a@example.com',
          data: { ...data, reason: reasons[kind] ?? 'Compensation' },
          enqueued_at: now,
          due_at: now,
        });
    expect(await send()).toEqual({ sent: Object.keys(MESSAGES).length * 2, failed: 0 });
    for (const { raw } of server.received) expect(decoded(raw)).not.toMatch(/\{\{|undefined|null|\[object|г\.\./);
  });

  it('come as the customer chose; those about money and suspension always come (B3, P3)', async () => {
    await world.db('memberships').where({ customer_id: customer.customerId }).update({ notifications: [] });
    await world.placeOrder(customer);
    await world.credit(customer, '5.00');
    expect((await mails()).map(({ kind }) => kind)).toEqual(['balance_adjusted']);
  });

  it('about money go to nobody who does not see invoices', async () => {
    const technical = await world.addMember(customer, 'technical');
    await world.credit(customer, '5.00');
    const { orderId } = await world.placeOrder(customer);
    const written = await world.db('mails').where({ user_id: technical.userId }).pluck('kind');
    expect(orderId).toBeGreaterThan(0);
    expect(written).toEqual([]);
    const owner = await world.db('mails').where({ recipient: customer.email }).pluck('kind');
    expect(owner).toEqual(['balance_adjusted', 'order_placed']);
  });

  it('are written in the transaction of what they tell: what is undone is not told', async () => {
    const undone = inTransaction(world.db, async (trx) => {
      await placeOrderIn(trx, world.clock, world.config.seller, {
        customerId: customer.customerId,
        plan: 'vps-1',
        months: 1,
        hostname: 'a.example.com',
        os: 'debian-13',
      });
      expect(await trx('mails')).toHaveLength(1);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await mails()).toEqual([]);
  });
});

describe('sending', () => {
  it('says that nobody wrote it, so that no out-of-office answers', async () => {
    await world.placeOrder(customer);
    await send();
    expect(server.received[0]?.raw).toMatch(/^Auto-Submitted: auto-generated\r?$/m);
    expect(server.received[0]?.raw).toMatch(/^X-Auto-Response-Suppress: All\r?$/m);
  });

  it('keeps the order of a customer’s messages, also when an earlier one has to be tried again', async () => {
    const other = await world.addCustomer();
    const { orderId } = await world.placeOrder(customer);
    await world.placeOrder(customer, { plan: 'vps-1' });
    server.mood = 'is busy';
    // Only the first one is tried; the second waits for it.
    expect(await send()).toEqual({ sent: 0, failed: 1 });
    server.mood = 'takes';
    await world.placeOrder(other);
    expect(await send()).toEqual({ sent: 1, failed: 0 });
    expect(server.received.map(({ to }) => to[0])).toEqual([other.email]);
    world.clock.advanceMinutes(1);
    expect(await send()).toEqual({ sent: 2, failed: 0 });
    const subjects = server.received
      .filter(({ to }) => to[0] === customer.email)
      .map(({ raw }) => /^Subject: (.*)$/m.exec(raw)?.[1]?.trim());
    expect(subjects).toEqual([`Order ${orderId} placed`, `Order ${orderId + 1} placed`]);
  });

  it('sends a customer’s messages one after the other, however many workers send at once', async () => {
    for (let order = 0; order < 12; order++) await world.placeOrder(customer, { plan: 'vps-1' });
    await world.openConnections();
    await Promise.all([send(), send(), send()]);
    const ids = server.received.map(({ raw }) => Number(/Message-ID: <mail-(\d+)@/i.exec(raw)?.[1]));
    expect(ids).toHaveLength(12);
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });

  it('sends each message once, however many workers send at once', async () => {
    for (let order = 0; order < 20; order++) await world.placeOrder(customer, { plan: 'vps-1' });
    await world.openConnections();
    await Promise.all([send(), send(), send(), send()]);
    expect(server.received).toHaveLength(20);
    expect(new Set(await states())).toEqual(new Set(['sent']));
    const ids = server.received.map(({ raw }) => /Message-ID: (\S+)/i.exec(raw)?.[1]);
    expect(new Set(ids).size).toBe(20);
  });

  it('tries again, later and later, while the server is busy, and gives up in the end', async () => {
    await world.placeOrder(customer);
    server.mood = 'is busy';
    for (const minutes of [1, 5, 30, 120, 360, 1440]) {
      expect(await send()).toEqual({ sent: 0, failed: 1 });
      expect(await send()).toEqual({ sent: 0, failed: 0 });
      world.clock.advanceMinutes(minutes);
    }
    expect(await states()).toEqual(['waiting']);
    expect(await send()).toEqual({ sent: 0, failed: 1 });
    expect(await mails()).toMatchObject([{ state: 'failed', attempts: 7 }]);
  });

  it('tries again when there was no server', async () => {
    await world.placeOrder(customer);
    await server.stop();
    await send();
    expect(await mails()).toMatchObject([{ state: 'waiting', attempts: 1 }]);
    server = await MailServer.start();
    world.clock.advanceMinutes(1);
    expect(await send()).toEqual({ sent: 1, failed: 0 });
  });

  it('does not try again where there is no such mailbox', async () => {
    await world.placeOrder(customer);
    server.mood = 'refuses';
    await send();
    expect(await mails()).toMatchObject([{ state: 'failed', attempts: 1 }]);
    expect((await mails())[0].last_error).toContain('no such mailbox');
  });

  it('tries again when the connection broke before the message, and not when it broke after it', async () => {
    await world.placeOrder(customer);
    server.mood = 'hangs up before the message';
    await send();
    expect(await states()).toEqual(['waiting']);
    world.clock.advanceMinutes(1);
    server.mood = 'hangs up after the message';
    await send();
    expect(await states()).toEqual(['uncertain']);
    expect(server.received).toHaveLength(1);
    server.mood = 'takes';
    world.clock.advanceMinutes(10_000);
    expect(await send()).toEqual({ sent: 0, failed: 0 });
  });

  it('does not send again what a worker was sending when it died', async () => {
    await world.placeOrder(customer);
    await world.db('mails').update({ state: 'sending', claimed_at: world.clock.now() });
    world.clock.advanceMinutes(16);
    expect(await send()).toEqual({ sent: 0, failed: 0 });
    expect(await states()).toEqual(['uncertain']);
    expect(server.received).toEqual([]);
  });

  it('without a mail server keeps them, and never sends what was kept', async () => {
    await world.placeOrder(customer);
    await keepMails(world.db);
    expect(await send()).toEqual({ sent: 0, failed: 0 });
    expect(await states()).toEqual(['kept']);
  });
});

describe('a mail server that does not answer', () => {
  const job = SCHEDULE.find(({ name }) => name === 'mail');
  const run = (transport = server.transport) =>
    job?.work(
      {
        db: world.db,
        clock: world.clock,
        config: world.config,
        transport,
        log: world.services.log,
        sealing: world.services.sealing,
        siteUrl: () => 'https://portal.example.com',
      },
      null,
      new AbortController().signal,
    );
  const said = () => world.logged.map(({ msg }) => String(msg)).filter((msg) => msg.startsWith('mail '));

  it('is said once in the log for as long as it lasts, and once when mail goes out again', async () => {
    const others = [customer, await world.addCustomer(), await world.addCustomer()];
    for (const each of others) await world.placeOrder(each);
    await server.stop();
    for (let minute = 0; minute < 3; minute++) {
      await run();
      world.clock.advanceMinutes(6);
    }
    expect(said()).toEqual(['mail does not go out: the mail server cannot be used']);
    const { transport } = server;
    server = await MailServer.start(server.port);
    world.clock.advanceMinutes(120);
    await run(transport);
    await run(transport);
    expect(await states()).toEqual(['sent', 'sent', 'sent']);
    expect(said().slice(1)).toEqual(['mail goes out again']);
  });

  it('is on staff’s overview: how many messages have been waiting since when, and why', async () => {
    const staff = await world.signIn(await world.addStaff('support'));
    const alert = async () => (await staff.get('/staff')).$('[data-mail-delay]').text();
    await world.placeOrder(customer);
    expect(await alert()).toBe('');
    world.clock.advanceMinutes(16);
    expect(await alert()).toMatch(/1 message has been waiting since March 10, 2026.*is a worker running/);
    await server.stop();
    await world.placeOrder(customer);
    await run();
    expect(await alert()).toMatch(/2 messages have been waiting since March 10, 2026.*Last error: .*ECONNREFUSED/);
    server = await MailServer.start();
    world.clock.advanceMinutes(10);
    await send();
    expect(await alert()).toBe('');
  });
});
