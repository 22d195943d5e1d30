import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../support/people.ts';
import { setUpFactor } from '../support/totp.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
afterEach(async () => {
  await world.db('throttles').delete();
});

async function personWithFactor() {
  const customer = await world.addCustomer();
  const visitor = await world.signIn(customer);
  const app = await setUpFactor(visitor, world.clock);
  return { ...customer, visitor, app };
}

/** Shows the password in a new browser. */
async function showPassword(email: string, next = '') {
  const visitor = world.visitor();
  await visitor.get('/login');
  const answer = await visitor.post('/login', { email, password: PASSWORD, next });
  return { visitor, answer };
}

const historyOf = async (email: string) =>
  world
    .db('sign_ins as s')
    .join('users as u', 'u.id', 's.user_id')
    .where({ email })
    .orderBy('s.id')
    .select('s.outcome', 's.method');

describe('the second factor at sign-in', () => {
  it('is asked for after the password, and leads where one wanted to go', async () => {
    const { email, app } = await personWithFactor();
    const { visitor, answer } = await showPassword(email, '/orders');
    expect(answer.location).toBe('/login/second-factor');
    expect((await visitor.get('/orders')).location).toMatch(/^\/login/);
    const page = await visitor.get('/login/second-factor');
    expect(page.textOf('main')).toContain(email);
    const signedIn = await visitor.post('/login/second-factor', { code: app.code() });
    expect([signedIn.status, signedIn.location]).toEqual([303, '/orders']);
    expect((await visitor.get('/orders')).status).toBe(200);
    expect((await historyOf(email)).at(-1)).toEqual({ outcome: 'signed_in', method: 'password_code' });
  });

  it('refuses a wrong code, and keeps that it was one', async () => {
    const { email } = await personWithFactor();
    const { visitor } = await showPassword(email);
    const refused = await visitor.post('/login/second-factor', { code: '000000' });
    expect(refused.status).toBe(422);
    expect(refused.textOf('#code-error')).toBe('This code is not right or no longer valid.');
    expect((await historyOf(email)).at(-1)).toEqual({ outcome: 'wrong_code', method: 'password_code' });
  });

  it('takes a code once, of 64 that are sent at the same moment (security 17)', async () => {
    const { email, app } = await personWithFactor();
    const visitors = await Promise.all(Array.from({ length: 4 }, () => showPassword(email)));
    // One throttle would stop most of them before their code is looked at.
    const { useCode } = await import('../../src/domain/identity/second-factor.ts');
    const { id: userId } = await world.db('users').where({ email }).first('id');
    const code = app.code();
    await world.openConnections();
    const used = await Promise.all(
      Array.from({ length: 64 }, () => useCode(world.db, world.clock, world.services.sealing, { userId, code })),
    );
    expect(used.filter((kind) => kind === 'app')).toHaveLength(1);
    expect((await visitors[0]?.visitor.post('/login/second-factor', { code }))?.status).toBe(422);
  });

  it('does not take an earlier code after a later one', async () => {
    const { email, app } = await personWithFactor();
    const earlier = app.code();
    world.clock.advanceSeconds(30);
    const first = await showPassword(email);
    expect((await first.visitor.post('/login/second-factor', { code: app.code() })).status).toBe(303);
    const second = await showPassword(email);
    expect((await second.visitor.post('/login/second-factor', { code: earlier })).status).toBe(422);
  });

  it('takes a recovery code once instead, and writes to its owner', async () => {
    const { email, app } = await personWithFactor();
    const [code = ''] = app.recoveryCodes;
    const first = await showPassword(email);
    expect((await first.visitor.post('/login/second-factor', { code: code.toUpperCase() })).status).toBe(303);
    expect((await historyOf(email)).at(-1)?.method).toBe('password_recovery');
    const mail = await world.db('mails').where({ recipient: email, kind: 'recovery_code_used' }).first();
    expect(mail.data.codes_left).toBe(9);
    const second = await showPassword(email);
    expect((await second.visitor.post('/login/second-factor', { code })).status).toBe(422);
  });

  it('is throttled apart from the password: after five wrong codes the sixth waits a quarter of an hour', async () => {
    const { email, app } = await personWithFactor();
    const { visitor } = await showPassword(email);
    for (let attempt = 0; attempt < 6; attempt++) await visitor.post('/login/second-factor', { code: '000000' });
    const refused = await visitor.post('/login/second-factor', { code: app.code() });
    expect(refused.status).toBe(429);
    const { expire } = await world.db('throttles').where('key', 'like', 'wait:code%').first();
    expect(expire - Date.now()).toBeGreaterThan(800_000);
    // A recovery code is too long to be guessed, and is still looked at; so is the password.
    const own = await showPassword(email);
    const [recovery = ''] = app.recoveryCodes;
    expect((await own.visitor.post('/login/second-factor', { code: recovery })).status).toBe(303);
    expect((await showPassword(email)).answer.location).toBe('/login/second-factor');
  });

  it('waits five minutes, in the same browser, and is nothing without the password', async () => {
    const { email, app } = await personWithFactor();
    const late = await showPassword(email);
    world.clock.advanceMinutes(6);
    expect((await late.visitor.post('/login/second-factor', { code: app.code() })).location).toBe('/login');
    const stranger = world.visitor();
    await stranger.get('/login');
    expect((await stranger.post('/login/second-factor', { code: app.code() })).location).toBe('/login');
    const { visitor } = await showPassword(email);
    const pending = visitor
      .cookies()
      .split('; ')
      .find((cookie) => cookie.startsWith('kabinet-pending='));
    const page = await stranger.agent.get('/login/second-factor').set('Cookie', String(pending));
    expect(page.headers['location']).toBe('/login');
  });

  it('is not asked for in a remembered browser for 30 days; a new password ends that', async () => {
    const { email, app } = await personWithFactor();
    const { visitor } = await showPassword(email);
    await visitor.post('/login/second-factor', { code: app.code(), remember: 'on' });
    const again = async () => {
      await visitor.get('/');
      await visitor.post('/logout');
      await visitor.get('/login');
      return (await visitor.post('/login', { email, password: PASSWORD })).location;
    };
    expect(await again()).toBe('/');
    expect((await historyOf(email)).at(-1)?.method).toBe('password_remembered');
    world.clock.advanceMinutes(31 * 24 * 60);
    expect(await again()).toBe('/login/second-factor');
  });

  it('is asked of staff each time', async () => {
    const staff = await world.addStaff('support');
    const app = await setUpFactor(await world.signIn(staff), world.clock);
    const { visitor } = await showPassword(staff.email);
    expect((await visitor.get('/login/second-factor')).$('input[name=remember]')).toHaveLength(0);
    await visitor.post('/login/second-factor', { code: app.code(), remember: 'on' });
    expect(await world.db('remembered_browsers').where({ user_id: staff.userId })).toEqual([]);
  });
});
