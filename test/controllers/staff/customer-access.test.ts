import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { linkTo } from '../../support/links.ts';
import { PASSWORD } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
afterEach(async () => {
  await world.db('throttles').delete();
});

async function customerAndStaff() {
  const customer = await world.addCustomer();
  const { id: userId } = await world.db('users').where({ email: customer.email }).first('id');
  const admin = await world.signIn(await world.addStaff('admin'));
  const path = `/staff/customers/${customer.customerId}`;
  await admin.get(`${path}/access`);
  const act = (what: string, fields: Record<string, string> = {}) =>
    admin.submit(`${path}/${what}`, { reason: 'Asked by phone', ...fields });
  return { ...customer, userId, admin, path, act };
}
const lastAudit = () => world.db('audit_log').orderBy('id', 'desc').first();

describe('what staff do for somebody who cannot sign in', () => {
  it('sends a reset, and never shows or chooses a password', async () => {
    const { email, userId, act } = await customerAndStaff();
    expect((await act(`users/${userId}/reset`)).textOf('.flash')).toBe('The link is on its way.');
    expect(await linkTo(world, email, 'reset_password')).toMatch(/^\/password-resets\//);
    expect(await lastAudit()).toMatchObject({ action: 'customer.reset_sent', reason: 'Asked by phone', role: 'admin' });
  });

  it('corrects the e-mail: sessions end, both addresses are told, the old one can take it back', async () => {
    const { email, userId, act, ...customer } = await customerAndStaff();
    const theirs = await world.signIn({ email });
    await act(`users/${userId}/email`, { email: 'right@example.com' });
    expect((await theirs.get('/orders')).location).toMatch(/^\/login/);
    expect(await linkTo(world, email, 'email_changed')).toMatch(/^\/email-returns\//);
    expect(await linkTo(world, 'right@example.com', 'confirm_email')).toMatch(/^\/email-confirmations\//);
    expect((await lastAudit()).details).toMatchObject({ before: email, after: 'right@example.com' });
    const other = await world.addCustomer();
    const refused = await act(`users/${userId}/email`, { email: other.email });
    expect(refused.textOf('.flash')).toBe('This e-mail cannot be used.');
    expect(customer.customerId).toBeGreaterThan(0);
  });

  it('gives a stranger at a mistyped address nothing: the links that went there are over', async () => {
    const admin = await world.signIn(await world.addStaff('admin'));
    await admin.get('/staff/customers/new');
    const opened = { email: 'mistyped@example.com', kind: 'person', country: 'DE', currency: 'EUR', language: 'en' };
    await admin.submit('/staff/customers', opened);
    const welcome = await linkTo(world, 'mistyped@example.com', 'account_opened');
    const { id } = await world.db('users').where({ email: 'mistyped@example.com' }).first('id');
    const path = `/staff/customers/${await world.customerIdOf('mistyped@example.com')}`;
    await admin.get(`${path}/access`);
    await admin.submit(`${path}/users/${id}/email`, { email: 'meant@example.com', reason: 'Typo' });
    expect((await world.visitor().get(welcome)).status).toBe(410);
    expect(await world.db('mails').where({ recipient: 'mistyped@example.com', kind: 'email_changed' })).toEqual([]);
  });

  it('unlocks, and ends sessions', async () => {
    const { email, userId, act } = await customerAndStaff();
    const theirs = await world.signIn({ email });
    await act(`users/${userId}/sessions/end`);
    expect((await theirs.get('/orders')).location).toMatch(/^\/login/);
    const wrong = () => world.db('throttles').where('key', 'like', 'fail:account%').where('points', '>', 0);
    const stranger = world.visitor();
    await stranger.get('/login');
    await stranger.post('/login', { email, password: 'wrong' });
    expect(await wrong()).toHaveLength(1);
    await act(`users/${userId}/unlock`);
    expect(await wrong()).toEqual([]);
    expect((await lastAudit()).action).toBe('customer.unlocked');
  });

  it('takes a reason, and a member of that customer', async () => {
    const { userId, act, admin, path } = await customerAndStaff();
    expect((await act(`users/${userId}/reset`, { reason: ' ' })).textOf('.flash')).toContain('Enter a reason');
    const other = await world.addCustomer();
    const { id } = await world.db('users').where({ email: other.email }).first('id');
    await admin.get(`${path}/access`);
    expect((await admin.post(`${path}/users/${id}/reset`, { reason: 'x' })).status).toBe(404);
  });
});

describe('a customer whom staff have blocked', () => {
  it('signs in and sees the text in place of every page, until the block is taken back', async () => {
    const { email, act } = await customerAndStaff();
    await act('block', { text: 'Please call us: +49 40 5550199' });
    const theirs = world.visitor();
    await theirs.get('/login');
    expect((await theirs.post('/login', { email, password: PASSWORD })).status).toBe(303);
    for (const path of [
      '/',
      '/orders',
      '/invoices',
      '/profile',
      '/support',
      '/top-ups/new',
      '/orders/new?plan=vps-1',
    ]) {
      const page = await theirs.get(path);
      expect([path, page.status]).toEqual([path, 403]);
      expect(page.textOf('main')).toContain('Please call us: +49 40 5550199');
    }
    expect(await lastAudit()).toMatchObject({ action: 'customer.blocked', reason: 'Asked by phone' });
    await act('unblock');
    expect((await theirs.get('/orders')).status).toBe(200);
  });
});
