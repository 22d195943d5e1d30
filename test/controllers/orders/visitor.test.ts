import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.storeRates({ USD: '1.0705', KZT: '610.24' });
});
afterAll(() => world.close());

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJMguzotZ1GzBqhlSN8hA0A489Tn90lyJy1fcazMBZc9 anna@laptop';

describe('a visitor who is not signed in', () => {
  it('sees the plans with prices for every period, in a currency of their choice (O10)', async () => {
    const visitor = world.visitor();
    const index = await visitor.get('/catalog');
    expect(index.texts('main h2')).toEqual(['Dedicated server', 'VPS/VDS']);
    expect(index.textOf('main')).toContain('from €4.42 a month, paid for 12 months');
    const euro = await visitor.get('/catalog/vps');
    expect(euro.amount('tr[data-plan=vps-2]')).toBe('9.50');
    expect(euro.amount('tr[data-plan=vps-2] .equivalent')).toBe('10.17');
    expect(euro.texts('tr[data-plan=vps-2] .saved')).toEqual(['−5 %', '−8 %', '−12 %']);
    const dollars = await visitor.get('/catalog/vps?currency=USD');
    expect(dollars.$('tr[data-plan=vps-2] .money').first().attr('data-currency')).toBe('USD');
    // Kept for the other pages.
    expect((await visitor.get('/catalog/dedicated')).$('tbody .money').first().attr('data-currency')).toBe('USD');
    const tenge = await visitor.get('/catalog/vps?currency=KZT');
    expect(tenge.$('tr[data-plan=vps-2] .money').first().attr('data-currency')).toBe('EUR');
    expect(tenge.$('tr[data-plan=vps-2] .equivalent .money').first().attr('data-currency')).toBe('KZT');
    expect(tenge.textOf('main')).toContain('In KZT at the rate of');
    // Not priced in it, the form says which currency it stands in.
    const form = await visitor.get('/orders/new?plan=vps-2');
    expect(form.textOf('.shop-currencies [aria-current]')).toBe('EUR');
  });

  it('fills in the order form, signs in, and finds it as it was', async () => {
    const customer = await world.addCustomer();
    const visitor = world.visitor();
    await visitor.get('/orders/new?plan=vps-2');
    const chosen = {
      plan: 'vps-2',
      months: '6',
      location: 'prague',
      hostname: 'web9.example.com',
      os: 'freebsd-15',
      ssh_key: KEY,
    };
    const answer = await visitor.post('/orders', chosen);
    expect(answer.status).toBe(303);
    expect(answer.location).toMatch(/^\/login\?next=/);
    const signIn = await visitor.get(answer.location ?? '');
    const back = await visitor.post('/login', {
      email: customer.email,
      password: PASSWORD,
      next: signIn.value('[name=next]'),
    });
    const form = await visitor.get(back.location ?? '');
    expect(form.value('input[name=months]:checked')).toBe('6');
    expect(form.value('input[name=location]:checked')).toBe('prague');
    expect(form.value('#hostname')).toBe('web9.example.com');
    expect(form.value('#os option[selected]')).toBe('freebsd-15');
    expect(form.textOf('#ssh_key')).toBe(KEY);
    expect(await world.db('orders').where({ customer_id: customer.customerId })).toEqual([]);
    expect((await visitor.post('/orders', { ...chosen, key: form.value('[name=key]') })).status).toBe(303);
  });

  it('is told what is wrong before having to sign in', async () => {
    const visitor = world.visitor();
    await visitor.get('/orders/new?plan=vps-2');
    const page = await visitor.post('/orders', { plan: 'vps-2', months: '1', hostname: '1.2.3.4', os: 'debian-13' });
    expect(page.status).toBe(422);
    expect(page.value('#hostname')).toBe('1.2.3.4');
    // The form that is shown again can be sent.
    const sent = { plan: 'vps-2', months: '1', hostname: 'a.example.com', os: 'debian-13' };
    expect((await visitor.post('/orders', sent)).status).toBe(303);
  });

  it('is given no key by whoever made a link', async () => {
    const visitor = await world.signIn(await world.addCustomer());
    const form = await visitor.get(`/orders/new?plan=vps-2&ssh_key=${encodeURIComponent(KEY)}`);
    expect(form.textOf('#ssh_key')).toBe('');
  });

  it('is told in which currency the prices are after the sign-in, where it is another one', async () => {
    const customer = await world.addCustomer();
    const visitor = world.visitor();
    await visitor.get('/catalog/vps?currency=USD');
    await visitor.get('/login');
    await visitor.post('/login', { email: customer.email, password: PASSWORD });
    expect((await visitor.get('/orders/new?plan=vps-2')).textOf('.alert-info')).toContain('Prices are now in EUR');
  });

  it('staff look at the catalogue too, and order nothing', async () => {
    const admin = await world.signIn(await world.addStaff('admin'));
    expect((await admin.get('/catalog/vps')).status).toBe(200);
    expect((await admin.get('/orders/new?plan=vps-2')).status).toBe(403);
    expect((await admin.post('/orders', { plan: 'vps-2' })).status).toBe(403);
  });
});

describe('ordering and paying in one step', () => {
  const fields = { plan: 'vps-2', months: '1', hostname: 'web1.example.com', os: 'debian-13', pay: 'now' };

  it('pays from the balance at once; sent twice, it is charged once', async () => {
    const customer = await world.addCustomer({ balance: '30.00' });
    const visitor = await world.signIn(customer);
    const form = await visitor.get('/orders/new?plan=vps-2');
    const sent = { ...fields, key: form.value('[name=key]') };
    const [first, again] = [await visitor.post('/orders', sent), await visitor.post('/orders', sent)];
    expect([first.location, again.location]).toEqual([first.location, first.location]);
    expect(first.location).toMatch(/^\/orders\/\d+$/);
    expect(await world.balanceOf(customer)).toBe('20.5000');
  });

  it('leads to a top-up of what the balance lacks, which pays the invoice', async () => {
    const customer = await world.addCustomer({ balance: '4.00' });
    const visitor = await world.signIn(customer);
    const form = await visitor.get('/orders/new?plan=vps-2');
    expect(form.textOf('.button-stack .button-primary')).toBe('Order and top up €5.50');
    const answer = await visitor.post('/orders', fields);
    expect(answer.location).toMatch(/^\/top-ups\/new\?.*amount=5\.5/);
    const [invoice] = await world.unpaidInvoicesOf(customer);
    expect(invoice.total).toBe('9.5000');
  });
});
