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

let added = 0;
async function askForChange(to = `other${++added}@example.com`) {
  const customer = await world.addCustomer();
  const visitor = await world.signIn(customer);
  await visitor.get('/security/email');
  const answer = await visitor.post('/security/email', { email: to });
  return { ...customer, visitor, answer, to };
}

describe('another e-mail', () => {
  it('counts once it is confirmed at the new address; until then the old one does', async () => {
    const { email, visitor, to } = await askForChange();
    expect((await visitor.get('/security')).textOf('main')).toContain(email);
    await world.signIn({ email });
    const link = await linkTo(world, to, 'confirm_new_email');
    await visitor.get(link);
    await visitor.post(link);
    expect((await visitor.get('/security')).textOf('main')).toContain(to);
    await world.signIn({ email: to });
    expect(await world.db('users').where({ email })).toEqual([]);
    expect(await world.db('mails').where({ recipient: email, kind: 'email_changed' })).toHaveLength(1);
  });

  it('is not told of when it is another account’s, whose owner is written to', async () => {
    const taken = await world.addCustomer();
    const { visitor, answer } = await askForChange(taken.email);
    expect([answer.status, answer.location]).toEqual([303, '/security']);
    expect((await visitor.get('/security')).textOf('.flash')).toContain(`sent a link to ${taken.email}`);
    expect(await world.db('mails').where({ recipient: taken.email }).pluck('kind')).toEqual(['already_registered']);
  });

  it('that became another account’s meanwhile is not given away', async () => {
    const { visitor, to, email } = await askForChange();
    const link = await linkTo(world, to, 'confirm_new_email');
    const { id } = await world
      .db('users')
      .where({ email: (await world.addCustomer()).email })
      .first('id');
    await world.db('users').where({ id }).update({ email: to });
    await visitor.get(link);
    expect((await visitor.post(link)).status).toBe(410);
    expect(await world.db('users').where({ email })).toHaveLength(1);
  });

  it('is confirmed by its owner only: the new mailbox alone may be a stranger’s', async () => {
    const { email, to } = await askForChange();
    const link = await linkTo(world, to, 'confirm_new_email');
    const stranger = world.visitor();
    await stranger.get(link);
    expect((await stranger.post(link)).location).toBe(`/login?next=${encodeURIComponent(link)}`);
    const other = await world.signIn(await world.addCustomer());
    await other.get(link);
    expect((await other.post(link)).status).toBe(403);
    expect(await world.db('users').where({ email })).toHaveLength(1);
  });

  it('that was asked for is over with a new password', async () => {
    const { email, visitor, to } = await askForChange();
    const link = await linkTo(world, to, 'confirm_new_email');
    await visitor.get('/security/password');
    await visitor.post('/security/password', {
      current_password: PASSWORD,
      password: 'seven green umbrellas on a tram',
    });
    expect((await visitor.get(link)).status).toBe(410);
    expect(await world.db('users').where({ email })).toHaveLength(1);
  });

  it('takes somebody who has just shown the password (security 8)', async () => {
    const visitor = await world.signIn(await world.addCustomer());
    world.clock.advanceMinutes(11);
    expect((await visitor.get('/security/email')).location).toBe('/security/confirmation?next=%2Fsecurity%2Femail');
  });

  it.each(['no address', 'a@b\r\nBcc: x@y.example'])('%j is refused', async (to) => {
    const { answer } = await askForChange(to);
    expect(answer.status).toBe(422);
    expect(answer.textOf('#email-error')).toContain('Enter an e-mail address');
  });

  it('keeps what the session was for: the password goes on', async () => {
    const { visitor, to } = await askForChange();
    const link = await linkTo(world, to, 'confirm_new_email');
    await visitor.get(link);
    await visitor.post(link);
    await world.visitor().signIn(to, PASSWORD);
  });
});
