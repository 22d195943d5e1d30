import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../support/people.ts';
import { setUpFactor } from '../../support/totp.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const mailsTo = (email: string) => world.db('mails').where({ recipient: email }).orderBy('id').pluck('kind');

describe('an authenticator app', () => {
  it('is set up by a QR code and a right code; its secret is sealed in the database, and shown once', async () => {
    const customer = await world.addCustomer();
    const visitor = await world.signIn(customer);
    const page = await visitor.get('/security/totp');
    expect(page.$('.qr svg')).toHaveLength(1);
    const wrong = await visitor.post('/security/totp', { setup: page.value('input[name=setup]'), code: '123' });
    expect(wrong.status).toBe(422);
    // The same secret is shown again, so that the app need not scan once more.
    expect(wrong.textOf('.command code')).toBe(page.textOf('.command code'));
    expect(await world.db('totp_factors')).toEqual([]);
    const app = await setUpFactor(visitor, world.clock);
    expect(app.recoveryCodes).toHaveLength(10);
    const [{ secret }] = await world.db('totp_factors');
    expect(secret).not.toContain(app.secret);
    expect((await visitor.get('/security')).text).not.toContain(app.secret);
    expect(await mailsTo(customer.email)).toEqual(['second_factor_on']);
  });

  it('is looked at and not kept by a GET (security 26)', async () => {
    const visitor = await world.signIn(await world.addCustomer());
    const before = await world.db('totp_factors');
    await visitor.get('/security/totp');
    expect(await world.db('totp_factors')).toEqual(before);
  });

  it('takes no secret that another user was shown', async () => {
    const [mine, other] = [
      await world.signIn(await world.addCustomer()),
      await world.signIn(await world.addCustomer()),
    ];
    const setup = (await other.get('/security/totp')).value('input[name=setup]');
    await mine.get('/security/totp');
    const answer = await mine.post('/security/totp', { setup, code: '123456' });
    expect(answer.value('input[name=setup]')).not.toBe(setup);
    expect(answer.status).toBe(200);
  });

  it('is turned off and gets new recovery codes by somebody who has just shown password and code only (security 8)', async () => {
    const customer = await world.addCustomer();
    const visitor = await world.signIn(customer);
    const app = await setUpFactor(visitor, world.clock);
    world.clock.advanceMinutes(11);
    await visitor.get('/security');
    for (const path of ['/security/totp/removal', '/security/recovery-codes'])
      expect((await visitor.post(path)).location).toBe('/security/confirmation?next=%2Fsecurity');
    await visitor.get('/security/confirmation?next=%2Fsecurity');
    expect((await visitor.post('/security/confirmation', { password: PASSWORD, code: '000000' })).status).toBe(422);
    const back = await visitor.post('/security/confirmation', {
      password: PASSWORD,
      code: app.code(),
      next: '/security',
    });
    expect(back.location).toBe('/security');
    await visitor.get('/security');
    const codes = (await visitor.post('/security/recovery-codes')).texts('.codes code');
    expect(codes).toHaveLength(10);
    expect(codes).not.toContain(app.recoveryCodes[0]);
    await visitor.get('/security');
    await visitor.submit('/security/totp/removal');
    expect(
      await world.db('totp_factors').join('users', 'users.id', 'user_id').where({ email: customer.email }),
    ).toEqual([]);
    expect(await mailsTo(customer.email)).toEqual(['second_factor_on', 'recovery_codes_made', 'second_factor_off']);
  });

  it('is demanded of staff in production, and of customers where the provider says so, before any other page (security 17)', async () => {
    const strict = await createWorld({ environment: { CUSTOMER_SECOND_FACTOR: 'required' } });
    const visitor = await strict.signIn(await strict.addCustomer());
    for (const path of ['/', '/orders', '/profile', '/security', '/invoices'])
      expect((await visitor.get(path)).location).toBe('/security/totp');
    expect((await visitor.get('/security/totp')).textOf('.alert-warn')).toContain('takes a second factor');
    await setUpFactor(visitor, strict.clock);
    expect((await visitor.get('/orders')).status).toBe(200);
    await strict.close();
  });
});
