import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../support/people.ts';
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

const change = async (fields: { current_password: string; password: string }) => {
  const customer = await world.addCustomer();
  const visitor = await world.signIn(customer);
  await visitor.get('/security/password');
  return { customer, visitor, answer: await visitor.post('/security/password', fields) };
};

describe('a new password', () => {
  it('takes the old one, ends the other sessions, and is reported by mail (security 6)', async () => {
    const customer = await world.addCustomer();
    const [here, elsewhere] = [await world.signIn(customer), await world.signIn(customer)];
    await here.get('/security/password');
    const page = await here.submit('/security/password', { current_password: PASSWORD, password: NEW });
    expect(page.textOf('.flash')).toContain('All other sessions have ended');
    expect((await here.get('/orders')).status).toBe(200);
    expect((await elsewhere.get('/orders')).location).toMatch(/^\/login/);
    const mail = await world.db('mails').where({ recipient: customer.email, kind: 'password_changed' }).first();
    expect(mail.data).toMatchObject({ address: expect.any(String), user_agent: expect.any(String) });
    await world.visitor().signIn(customer.email, NEW);
  });

  it('is not taken without the old one', async () => {
    const { answer, customer } = await change({ current_password: 'wrong', password: NEW });
    expect(answer.status).toBe(422);
    expect(answer.textOf('#current_password-error')).toBe('This is not your current password.');
    await world.signIn(customer);
  });

  it.each([
    ['elevenchars', 'At least 12 characters.'],
    ['x'.repeat(129), 'At most 128 characters.'],
    ['password1234', 'lists that attackers try first'],
    ['aaaaaaaaaaaaaaaa', 'Repeated characters'],
    ['Kabinet-Kowalska', 'do not make a password strong'],
    ['kabinet hosting', 'do not make a password strong'],
    ['пароль1234567', 'Choose|guess|lists'],
    [PASSWORD, 'your current password'],
  ])('%s is refused in words (security 11)', async (password, words) => {
    const { answer } = await change({ current_password: PASSWORD, password });
    expect(answer.status).toBe(422);
    expect(answer.textOf('#password-error')).toMatch(new RegExp(words));
    expect(
      answer
        .$('input[type=password][value]')
        .toArray()
        .every((input) => answer.$(input).attr('value') === ''),
    ).toBe(true);
  });

  it.each([
    ['𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝔴𝔬𝔯𝔡𝔰 👍👍', 'counted in characters as people count them'],
    ['  blanks around count too  ', 'nothing is trimmed'],
    ['шесть зелёных зонтов в трамвае', 'in any letters'],
  ])('%s is taken: %s (security 11)', async (password) => {
    const { answer, customer } = await change({ current_password: PASSWORD, password });
    expect(answer.status).toBe(303);
    await world.visitor().signIn(customer.email, password);
  });

  it('needs 15 characters of staff who have no second factor', async () => {
    const visitor = await world.signIn(await world.addStaff('support'));
    const page = await visitor.get('/security/password');
    expect(page.textOf('#password-hint')).toContain('15 characters');
  });

  it('has the provider’s minimum, and one from before goes on with a reminder', async () => {
    const strict = await createWorld({ environment: { PASSWORD_MIN_LENGTH: '40' } });
    const customer = await strict.addCustomer();
    const visitor = strict.visitor();
    await visitor.get('/login');
    const home = await visitor.submit('/login', { email: customer.email, password: PASSWORD });
    expect(home.textOf('.flash')).toContain('choose a longer one');
    expect(home.link('.flash a')).toBe('/security/password');
    await strict.close();
  });

  it('is found by password managers', async () => {
    const answer = await world.visitor().get('/.well-known/change-password');
    expect([answer.status, answer.location]).toEqual([303, '/security/password']);
  });

  it('is judged while it is typed, as it is on the server', async () => {
    const visitor = await world.signIn(await world.addCustomer());
    await visitor.get('/security/password');
    const weak = JSON.parse((await visitor.post('/password-strength', { password: 'password1234' })).text);
    expect(weak).toEqual({ good: false, text: expect.stringContaining('lists that attackers try first') });
    const good = JSON.parse((await visitor.post('/password-strength', { password: NEW })).text);
    expect(good.good).toBe(true);
  });
});
