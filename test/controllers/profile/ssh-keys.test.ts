import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let visitor: Visitor;
beforeAll(async () => {
  world = await createWorld();
  await world.storeRates();
  customer = await world.addCustomer();
  visitor = await world.signIn(customer);
});
afterAll(() => world.close());

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJMguzotZ1GzBqhlSN8hA0A489Tn90lyJy1fcazMBZc9 anna@laptop';
const FINGERPRINT = 'SHA256:dmxgQwxsn7xssigPUhSTkGZ+5k+u9Ogrt3hMM16CzJE';
const order = { plan: 'vps-2', months: '1', hostname: 'web1.example.com', os: 'debian-13' };

describe('SSH keys of a customer', () => {
  it('are kept once, however often they are pasted, and shown with their fingerprint', async () => {
    expect((await visitor.get('/profile/ssh-keys')).text).toContain('No SSH keys yet.');
    await visitor.submit('/profile/ssh-keys', { ssh_key: KEY, name: 'Laptop' });
    const page = await visitor.submit('/profile/ssh-keys', { ssh_key: KEY, name: 'Again' });
    expect(page.cells('tbody tr').map(([name, fingerprint]) => [name, fingerprint])).toEqual([['Laptop', FINGERPRINT]]);
  });

  it('that cannot be used are refused beside the field, with what was typed', async () => {
    const page = await visitor.post('/profile/ssh-keys', { ssh_key: 'ssh-ed25519 AAAA', name: 'Broken' });
    expect(page.status).toBe(422);
    expect(page.textOf('#ssh_key-error')).toContain('Paste the whole line');
    expect(page.value('#name')).toBe('Broken');
    expect(page.textOf('#ssh_key')).toBe('ssh-ed25519 AAAA');
  });

  it('are offered in the order form, and the order keeps the one it was placed with', async () => {
    const form = await visitor.get('/orders/new?plan=vps-2');
    const id = form.value('#kept_key option[selected]');
    await visitor.post('/orders', { ...order, kept_key: id });
    const placed = await world.db('orders').where({ customer_id: customer.customerId }).orderBy('id', 'desc').first();
    expect(placed.ssh_key).toBe(KEY.replace('anna@laptop', 'Laptop'));
    await visitor.submit(`/profile/ssh-keys/${id}/removal`);
    expect((await world.order(placed.id)).ssh_key).toBe(placed.ssh_key);
  });

  it('that are pasted into the order form are kept for the next one', async () => {
    await visitor.get('/orders/new?plan=vps-2');
    await visitor.post('/orders', { ...order, ssh_key: KEY });
    expect((await visitor.get('/profile/ssh-keys')).texts('tbody .mono')).toEqual([FINGERPRINT]);
    const refused = await visitor.post('/orders', { ...order, ssh_key: '-----BEGIN OPENSSH PRIVATE KEY-----' });
    expect(refused.status).toBe(422);
    expect(refused.textOf('#ssh_key-error')).toContain('private key');
  });

  it('that are private are neither shown again nor kept anywhere', async () => {
    await visitor.get('/profile/ssh-keys');
    const secret = '-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----';
    const page = await visitor.post('/profile/ssh-keys', { ssh_key: secret, name: 'Oops' });
    expect(page.textOf('#ssh_key-error')).toContain('private key');
    expect(page.text).not.toContain('c2VjcmV0');
    const kept = await world.owner('sessions').whereRaw(`sess::text like '%c2VjcmV0%'`);
    expect(kept).toEqual([]);
  });

  it('with half a character at the end of their comment harm nothing', async () => {
    await visitor.get('/profile/ssh-keys');
    const [type, blob] = KEY.split(' ');
    const other = await world.signIn(await world.addCustomer());
    await other.get('/profile/ssh-keys');
    await other.post('/profile/ssh-keys', { ssh_key: `${type} ${blob} ${'a'.repeat(99)}😀` });
    expect((await other.get('/profile/ssh-keys')).status).toBe(200);
  });

  it('are fifty at most', async () => {
    const collector = await world.addCustomer();
    await world.db.raw(
      `insert into ssh_keys (customer_id, name, public_key, fingerprint, added_at)
       select ?, 'Key', 'ssh-ed25519 x', 'SHA256:' || n, now()
       from generate_series(1, 50) n`,
      [collector.customerId],
    );
    const other = await world.signIn(collector);
    await other.get('/profile/ssh-keys');
    const page = await other.submit('/profile/ssh-keys', { ssh_key: KEY });
    expect(page.textOf('.flash')).toContain('at most 50');
    expect(await world.db('ssh_keys').where({ customer_id: collector.customerId })).toHaveLength(50);
  });

  it('of another customer are not there', async () => {
    const { id } = await world.db('ssh_keys').first('id');
    const stranger = await world.signIn(await world.addCustomer());
    await stranger.get('/profile/ssh-keys');
    expect((await stranger.post(`/profile/ssh-keys/${id}/removal`)).status).toBe(404);
    const refused = await stranger.post('/orders', { ...order, kept_key: String(id) });
    expect(refused.status).toBe(422);
  });

  it('stand beside the way in once the server runs', async () => {
    const { id } = await world.db('ssh_keys').first('id');
    await visitor.get('/orders/new?plan=vps-2');
    await visitor.post('/orders', { ...order, kept_key: String(id) });
    const { id: orderId } = await world
      .db('orders')
      .where({ customer_id: customer.customerId })
      .orderBy('id', 'desc')
      .first('id');
    const [invoice] = (await world.unpaidInvoicesOf(customer)).slice(-1);
    await world.credit(customer, '10.00');
    await world.pay(customer, invoice.id);
    await world.activate(customer, orderId, '10.1.2.3');
    const page = await visitor.get(`/orders/${orderId}`);
    expect(page.textOf('.command code')).toBe('ssh root@10.1.2.3');
    expect(page.textOf('.fingerprint')).toBe(FINGERPRINT);
    await world
      .db('plans')
      .where({ code: 'vps-2' })
      .update({ how_to_connect: JSON.stringify({ en: 'Use the panel:\n$ open https://{{hostname}}', ru: 'Панель' }) });
    expect((await visitor.get(`/orders/${orderId}`)).textOf('.command code')).toBe('open https://web1.example.com');
  });
});
