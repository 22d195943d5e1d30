import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
afterEach(async () => {
  await world.db('throttles').delete();
});

const ask = async (email: string) => {
  const visitor = world.visitor();
  await visitor.get('/password-resets');
  return visitor.post('/password-resets', { email });
};
const mailsTo = (email: string) => world.db('mails').where({ recipient: email });

describe('asking for a new password', () => {
  it('is answered alike for known, unknown and disabled e-mails; only the first is written to (security 12)', async () => {
    const [known, disabled] = [await world.addCustomer(), await world.addCustomer()];
    await world.db('users').where({ email: disabled.email }).update({ disabled_at: new Date() });
    const emails = [known.email, 'nobody@example.com', disabled.email];
    const answers = [];
    for (const email of emails) answers.push(await ask(email));
    expect(answers.map(({ status, location }) => [status, location])).toEqual(
      emails.map(() => [303, '/password-resets?sent=1']),
    );
    const written = await Promise.all(emails.map(async (email) => (await mailsTo(email)).length));
    expect(written).toEqual([1, 0, 0]);
    const page = await world.visitor().get('/password-resets?sent=1');
    expect(page.textOf('main')).toContain('If there is an account with this address');
  });

  it('refuses what is no address, and keeps it', async () => {
    const answer = await ask('no address');
    expect(answer.status).toBe(422);
    expect(answer.value('input[name=email]')).toBe('no address');
  });

  it('is not kept from anybody by what else was sent to them', async () => {
    const { email } = await world.addCustomer();
    const visitor = world.visitor();
    for (let count = 0; count < 6; count++) {
      await visitor.get('/register');
      const fields = {
        email,
        password: 'seven green umbrellas on a tram',
        kind: 'person',
        country: 'PL',
        currency: 'EUR',
      };
      await visitor.post('/register', fields);
    }
    await ask(email);
    expect(await world.db('mails').where({ recipient: email, kind: 'reset_password' })).toHaveLength(1);
  });

  it('is limited by address, and by e-mail without a word', async () => {
    const { email } = await world.addCustomer();
    for (let count = 0; count < 8; count++) expect((await ask(email)).status).toBe(303);
    expect(await mailsTo(email)).toHaveLength(5);
    for (let count = 0; count < 12; count++) await ask(`x${count}@example.com`);
    expect((await ask('another@example.com')).status).toBe(429);
  });
});
