import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeLink } from '../../../src/domain/identity/account-links.ts';
import { confirmEmail } from '../../../src/domain/accounts/confirm-email.ts';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
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

let added = 0;
async function register() {
  const email = `new${++added}@example.com`;
  const visitor = world.visitor();
  await visitor.get('/register');
  const fields = { email, password: PASSWORD, kind: 'person', country: 'PL', currency: 'EUR' };
  await visitor.post('/register', fields);
  return { email, visitor, link: await linkTo(world, email, 'confirm_email') };
}
const confirmedAt = async (email: string) =>
  (await world.db('users').where({ email }).first()).email_confirmed_at as Date | null;

describe('the link that confirms an e-mail', () => {
  it('shows a page with a button; only the button confirms (security 26)', async () => {
    const { email, visitor, link } = await register();
    expect((await visitor.get(link)).textOf('main')).toContain(email);
    expect(await confirmedAt(email)).toBeNull();
    expect((await visitor.post(link)).location).toBe('/login');
    expect(await confirmedAt(email)).not.toBeNull();
    expect((await visitor.get(link)).status).toBe(410);
  });

  it('works once, of 64 at the same moment', async () => {
    const { link } = await register();
    const token = link.split('/').at(-1) ?? '';
    const visit = { address: '', userAgent: '' };
    await world.openConnections();
    const done = await Promise.allSettled(
      Array.from({ length: 64 }, () => confirmEmail(world.services, { token, viewerId: null, visit })),
    );
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('works for 24 hours, and not after a newer one was asked for', async () => {
    const late = await register();
    world.clock.advanceMinutes(24 * 60 + 1);
    expect((await late.visitor.get(late.link)).status).toBe(410);
    const twice = await register();
    const signedIn = world.visitor();
    await signedIn.signIn(twice.email, PASSWORD);
    world.clock.advanceMinutes(2);
    await signedIn.get('/email-confirmations');
    await signedIn.post('/email-confirmations');
    expect((await signedIn.get(twice.link)).status).toBe(410);
    const newer = await linkTo(world, twice.email, 'confirm_email');
    await signedIn.get(newer);
    const page = await signedIn.submit(newer);
    expect(page.textOf('.flash')).toBe('Your e-mail is confirmed.');
  });

  it('is kept as a hash, with its secret in the sealed message only', async () => {
    const { link } = await register();
    const token = link.split('/').at(-1) ?? '';
    const tables = ['account_links', 'mails', 'sessions', 'sign_ins'];
    for (const table of tables) expect(JSON.stringify(await world.db(table))).not.toContain(token);
    expect(JSON.stringify(world.logged)).not.toContain(token);
  });

  it('leads to PUBLIC_URL, whatever Host a request says (security 16)', async () => {
    const site = await createWorld({ environment: { PUBLIC_URL: 'https://portal.example' } });
    const visitor = site.visitor();
    void visitor.agent.set('Host', 'evil.example');
    await visitor.get('/register');
    await visitor.post('/register', {
      email: 'a@example.com',
      password: PASSWORD,
      kind: 'person',
      country: 'PL',
      currency: 'EUR',
    });
    const { id } = await site.db('mails').where({ recipient: 'a@example.com' }).first('id');
    const page = await visitor.get(`/dev/mail/${id}`);
    expect(page.text).toContain('https://portal.example/email-confirmations/');
    expect(page.text).not.toContain('evil.example/email');
    await site.close();
  });

  it.each(['x', 'a'.repeat(43), '%00', encodeURIComponent(`' or 1=1`)])(
    'that nobody was sent (%s) is gone',
    async (token) => {
      const visitor = world.visitor();
      await visitor.get('/login');
      for (const base of ['email-confirmations', 'password-resets', 'email-returns']) {
        expect((await visitor.get(`/${base}/${token}`)).status).toBe(410);
        await visitor.get('/login');
        expect((await visitor.post(`/${base}/${token}`, { password: 'seven green umbrellas on a tram' })).status).toBe(
          410,
        );
      }
    },
  );

  it('for another purpose does nothing here', async () => {
    const { email } = await world.addCustomer();
    const { id: userId } = await world.db('users').where({ email }).first('id');
    const token = await inTransaction(world.db, (trx) =>
      makeLink(trx, world.clock, { purpose: 'reset_password', userId, email }),
    );
    expect((await world.visitor().get(`/email-confirmations/${token}`)).status).toBe(410);
  });
});
