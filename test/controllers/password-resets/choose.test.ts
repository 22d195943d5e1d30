import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { resetPassword } from '../../../src/domain/accounts/reset-password.ts';
import { linkTo } from '../../support/links.ts';
import { PASSWORD, type TestCustomer } from '../../support/people.ts';
import { setUpFactor } from '../../support/totp.ts';
import { createWorld, type World } from '../../support/world.ts';

const NEW = 'seven green umbrellas on a tram';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
afterEach(async () => {
  await world.db('throttles').delete();
});

async function askFor({ email }: TestCustomer) {
  const visitor = world.visitor();
  await visitor.get('/password-resets');
  await visitor.post('/password-resets', { email });
  return { visitor, link: await linkTo(world, email, 'reset_password') };
}

describe('a new password by a link', () => {
  it('ends all sessions, signs nobody in, and is reported (security 15)', async () => {
    const customer = await world.addCustomer();
    const elsewhere = await world.signIn(customer);
    const { visitor, link } = await askFor(customer);
    await visitor.get(link);
    const page = await visitor.submit(link, { password: NEW });
    expect(page.textOf('.flash')).toContain('Your password was changed');
    expect((await visitor.get('/orders')).location).toMatch(/^\/login/);
    expect((await elsewhere.get('/orders')).location).toMatch(/^\/login/);
    await world.visitor().signIn(customer.email, NEW);
    expect(await world.db('mails').where({ recipient: customer.email, kind: 'password_changed' })).toHaveLength(1);
  });

  it('still asks for the second factor, also in a browser that was remembered', async () => {
    const customer = await world.addCustomer();
    const signedIn = await world.signIn(customer);
    const app = await setUpFactor(signedIn, world.clock);
    const browser = world.visitor();
    await browser.get('/login');
    await browser.post('/login', { email: customer.email, password: PASSWORD });
    await browser.post('/login/second-factor', { code: app.code(), remember: 'on' });
    const { visitor, link } = await askFor(customer);
    await visitor.get(link);
    await visitor.post(link, { password: NEW });
    await browser.get('/login');
    expect((await browser.post('/login', { email: customer.email, password: NEW })).location).toBe(
      '/login/second-factor',
    );
  });

  it('works once, of 64 at the same moment (security 15)', async () => {
    const { link } = await askFor(await world.addCustomer());
    const token = link.split('/').at(-1) ?? '';
    await world.openConnections();
    const rules = { minimum: 12, about: [] };
    const visit = { address: '', userAgent: '' };
    const done = await Promise.allSettled(
      Array.from({ length: 64 }, (_, index) =>
        resetPassword(world.services, { token, password: `${NEW} ${index}`, rules, visit }),
      ),
    );
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('works for 30 minutes, and not after a newer one was asked for (security 15)', async () => {
    const customer = await world.addCustomer();
    const first = await askFor(customer);
    const second = await askFor(customer);
    expect((await first.visitor.get(first.link)).status).toBe(410);
    expect((await second.visitor.get(second.link)).status).toBe(200);
    world.clock.advanceMinutes(31);
    expect((await second.visitor.get(second.link)).status).toBe(410);
  });

  it('that is easy to guess is refused in words, and leaves the link as it is', async () => {
    const { visitor, link } = await askFor(await world.addCustomer());
    await visitor.get(link);
    const refused = await visitor.post(link, { password: 'Anna Kowalska' });
    expect(refused.status).toBe(422);
    expect(refused.textOf('#password-error')).toContain('do not make a password strong');
    expect((await visitor.post(link, { password: NEW })).status).toBe(303);
  });
});
