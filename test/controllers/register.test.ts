import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { removeUnconfirmedAccounts } from '../../src/domain/accounts/register.ts';
import { linkTo } from '../support/links.ts';
import { PASSWORD } from '../support/people.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ environment: { TERMS_URL: 'https://hosting.example/terms', TERMS_VERSION: '2026-09' } });
  await world.storeRates({ USD: '1.07' });
});
afterAll(() => world.close());
afterEach(async () => {
  await world.db('throttles').delete();
});

let added = 0;
const newEmail = () => `stranger${++added}@example.com`;
const fields = (email: string, more: Record<string, string> = {}) => ({
  email,
  password: PASSWORD,
  kind: 'person',
  country: 'PL',
  currency: 'EUR',
  language: 'en',
  terms: 'on',
  ...more,
});

async function register(email: string, more: Record<string, string> = {}, where = world) {
  const visitor = where.visitor();
  await visitor.get('/register');
  return { visitor, answer: await visitor.post('/register', fields(email, more)) };
}

const mailsTo = (email: string) => world.db('mails').where({ recipient: email }).orderBy('id').pluck('kind');

describe('registering', () => {
  it('opens an account that owns a customer, and leads to “Check your e-mail”', async () => {
    const email = newEmail();
    const { visitor, answer } = await register(email, { country: 'KZ', currency: 'USD', kind: 'company' });
    expect([answer.status, answer.location]).toEqual([303, '/email-confirmations']);
    expect((await visitor.get('/email-confirmations')).textOf('h1')).toBe('Check your e-mail');
    const customer = await world
      .db('customers')
      .where({ id: await world.customerIdOf(email) })
      .first();
    expect(customer).toMatchObject({ kind: 'company', country: 'KZ', account_currency: 'USD' });
    expect(await mailsTo(email)).toEqual(['confirm_email']);
  });

  it('keeps what was agreed to, with its version, time and address', async () => {
    const email = newEmail();
    await register(email);
    const consent = await world.db('terms_consents').join('users', 'users.id', 'user_id').where({ email }).first();
    expect(consent).toMatchObject({ url: 'https://hosting.example/terms', version: '2026-09', address: '127.0.0.1' });
    expect((await register(newEmail(), { terms: '' })).answer.textOf('#terms-error')).toBe(
      'Accept the terms to go on.',
    );
  });

  it('answers the same for an e-mail that is known, changes nothing of it, and writes to its owner (security 12)', async () => {
    const known = await world.addCustomer();
    const before = await world.db('users').where({ email: known.email }).first();
    const counted = () =>
      Promise.all(['users', 'customers', 'memberships'].map(async (table) => (await world.db(table)).length));
    const rows = await counted();
    const [mine, other] = [await register(known.email.toUpperCase()), await register(newEmail())];
    expect([mine.answer.status, mine.answer.location]).toEqual([other.answer.status, other.answer.location]);
    expect(await world.db('users').where({ email: known.email }).first()).toEqual(before);
    expect((await counted()).map((count, index) => count - (rows[index] ?? 0))).toEqual([1, 1, 1]);
    expect(await mailsTo(known.email)).toEqual(['already_registered']);
  });

  it('of one e-mail many times at once opens one account', async () => {
    const email = newEmail();
    const { register: command } = await import('../../src/domain/accounts/register.ts');
    await world.openConnections();
    await Promise.all(
      Array.from({ length: 12 }, () =>
        command(world.services, {
          email,
          password: PASSWORD,
          rules: { minimum: 12, about: [] },
          kind: 'person',
          country: 'PL',
          currency: 'EUR',
          locale: 'en',
          terms: null,
          next: '',
          visit: { address: '', userAgent: '' },
        }),
      ),
    );
    expect(await world.db('users').where({ email })).toHaveLength(1);
    expect((await mailsTo(email)).filter((kind) => kind === 'confirm_email')).toHaveLength(1);
  });

  it.each([
    [{ email: 'no address' }, '#email-error', 'Enter an e-mail address'],
    [{ email: 'a@b.example\r\nBcc: x@y.example' }, '#email-error', 'Enter an e-mail address'],
    [{ country: 'XX' }, '#country-error', 'Required'],
    [{ currency: 'JPY' }, '#currency-error', 'Required'],
    [{ password: 'short' }, '#password-error', 'At least 12 characters'],
    [{ password: 'stranger@example.com' }, '#password-error', 'do not make a password strong'],
  ])('with %j is refused in words, and keeps what was typed', async (wrong, where, words) => {
    const { answer } = await register('stranger@example.com', { kind: 'company', ...wrong });
    expect(answer.status).toBe(422);
    expect(answer.textOf(where)).toContain(words);
    expect(answer.attribute('input[name=kind][checked]', 'value')).toBe('company');
    expect(answer.value('input[name=password]')).toBe('');
  });

  it('by a program that fills in the hidden field opens nothing, and is told nothing', async () => {
    const email = newEmail();
    const { answer } = await register(email, { website: 'https://spam.example' });
    expect(answer.location).toBe('/email-confirmations');
    expect(await world.db('users').where({ email })).toEqual([]);
    expect(await mailsTo(email)).toEqual([]);
  });

  it('is limited by address, and by its neighbourhood', async () => {
    for (let count = 0; count < 10; count++) await register(newEmail());
    expect((await register(newEmail())).answer.status).toBe(429);
    const proxied = await createWorld({ environment: { TRUSTED_PROXIES: 'loopback' } });
    const statuses = [];
    for (let host = 1; host <= 32; host++) {
      const visitor = proxied.visitor();
      void visitor.agent.set('X-Forwarded-For', `203.0.113.${host}`);
      await visitor.get('/register');
      statuses.push((await visitor.post('/register', fields(`h${host}@example.com`))).status);
    }
    expect(statuses.filter((status) => status === 303)).toHaveLength(30);
    await proxied.close();
  });

  it('writes to one address five times an hour at most, whoever asks', async () => {
    const known = await world.addCustomer();
    for (let count = 0; count < 7; count++) await register(known.email);
    expect(await mailsTo(known.email)).toHaveLength(5);
  });

  it.each(['invitation', 'closed'])('is not open where the provider says %s', async (mode) => {
    const shut = await createWorld({ environment: { REGISTRATION: mode } });
    const visitor = shut.visitor();
    const page = await visitor.get('/register');
    expect(page.$('form[action="/register"]')).toHaveLength(0);
    expect((await visitor.post('/register', fields(newEmail()))).status).toBe(404);
    expect((await visitor.get('/login')).text).not.toContain('/register');
    await shut.close();
  });
});

describe('an account that is not confirmed', () => {
  it('may look and fill in, and may not order, pay, top up or write to support', async () => {
    const email = newEmail();
    await register(email);
    const visitor = world.visitor();
    await visitor.signIn(email, PASSWORD);
    for (const path of ['/', '/orders', '/invoices', '/balance', '/profile', '/catalog', '/orders/new?plan=vps-1'])
      expect([path, (await visitor.get(path)).status]).toEqual([path, 200]);
    await visitor.get('/profile');
    expect((await visitor.post('/profile', { city: 'Gdynia' })).status).toBe(303);
    for (const path of ['/top-ups/new', '/support', '/orders/renewals']) {
      const page = await visitor.get(path);
      expect([path, page.status]).toEqual([path, 403]);
      expect(page.textOf('main')).toContain('Confirm your e-mail first');
    }
    await visitor.get('/orders/new?plan=vps-1');
    const order = {
      plan: 'vps-1',
      months: '1',
      hostname: 'a.example.com',
      os: 'debian-13',
      pay: 'later',
      shown_prices: '',
    };
    const refused = await visitor.post('/orders', order);
    expect(refused.textOf('.alert-bad')).toContain('Confirm your e-mail first');
    expect(await world.db('orders').where({ customer_id: await world.customerIdOf(email) })).toEqual([]);
  });

  it('says so on every page, and sends the link again once a minute, five times a day', async () => {
    const email = newEmail();
    await register(email);
    const visitor = world.visitor();
    await visitor.signIn(email, PASSWORD);
    expect((await visitor.get('/orders')).textOf('.alert-info')).toContain(`Confirm ${email}`);
    const again = async () => {
      await visitor.get('/email-confirmations');
      return (await visitor.submit('/email-confirmations')).textOf('.flash');
    };
    expect(await again()).toContain('Too many attempts');
    for (let count = 0; count < 5; count++) {
      world.clock.advanceMinutes(2);
      expect(await again()).toContain('another message');
    }
    world.clock.advanceMinutes(2);
    expect(await again()).toContain('Too many attempts');
  });

  it('goes after 30 days with its customer, unless anything refers to it', async () => {
    const [left, used, confirmed] = [newEmail(), newEmail(), newEmail()];
    for (const email of [left, used, confirmed]) await register(email);
    await world.visitor().signIn(left, PASSWORD);
    const customerId = await world.customerIdOf(left);
    const shared = await world.addMember({ customerId: await world.customerIdOf(used) }, 'reader');
    const usedId = await world.customerIdOf(used);
    await world.credit({ customerId: usedId, email: used, currency: 'EUR' }, '5.00');
    const visitor = world.visitor();
    await visitor.get(await linkTo(world, confirmed, 'confirm_email'));
    await visitor.post(await linkTo(world, confirmed, 'confirm_email'));
    world.clock.advanceMinutes(29 * 24 * 60);
    await removeUnconfirmedAccounts(world.db, world.clock);
    expect(await world.db('users').where({ email: left })).toHaveLength(1);
    world.clock.advanceMinutes(2 * 24 * 60);
    await removeUnconfirmedAccounts(world.db, world.clock);
    expect(
      await world.db('users').whereIn('email', [left, used, confirmed, shared.email]).orderBy('id').pluck('email'),
    ).toEqual([used, confirmed, shared.email]);
    expect(await world.db('customers').where({ id: customerId })).toEqual([]);
    expect(await world.db('ledger_accounts').where({ customer_id: customerId })).toEqual([]);
  });
});

it('what was chosen in the catalogue is still there after registering, confirming and signing in', async () => {
  const email = newEmail();
  const visitor = world.visitor();
  const chosen = '/orders/new?plan=vps-2&months=6';
  const signIn = await visitor.get(`/login?next=${encodeURIComponent(chosen)}`);
  const register = await visitor.get(signIn.link('a[href^="/register"]'));
  await visitor.post('/register', { ...fields(email), next: register.value('input[name=next]') });
  const link = await linkTo(world, email, 'confirm_email');
  await visitor.get(link);
  const back = await visitor.submit(link);
  expect(back.textOf('.flash')).toContain('Your e-mail is confirmed');
  const answer = await visitor.post('/login', { email, password: PASSWORD, next: back.value('input[name=next]') });
  expect(answer.location).toBe(chosen);
});
