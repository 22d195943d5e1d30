import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { linkTo } from '../support/links.ts';
import { PASSWORD } from '../support/people.ts';
import { setUpFactor } from '../support/totp.ts';
import { createWorld, type World } from '../support/world.ts';

const NEW = 'seven green umbrellas on a tram';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
afterEach(async () => {
  await world.db('throttles').delete();
});

let added = 0;
/** A thief who is signed in moves the account to an address of theirs. */
async function stolen() {
  const { email } = await world.addCustomer();
  const thief = await world.signIn({ email });
  const theirs = `thief${++added}@example.com`;
  await thief.get('/security/email');
  await thief.post('/security/email', { email: theirs });
  const link = await linkTo(world, theirs, 'confirm_new_email');
  await thief.get(link);
  await thief.post(link);
  return { email, theirs, thief, link: await linkTo(world, email, 'email_changed') };
}

describe('the e-mail that an account had before', () => {
  it('is put back from its old address: all sessions end, and a new password is chosen', async () => {
    const { email, theirs, thief, link } = await stolen();
    const owner = world.visitor();
    expect((await owner.get(link)).textOf('main')).toContain(email);
    expect(await world.db('users').where({ email: theirs })).toHaveLength(1);
    const answer = await owner.post(link);
    expect(answer.location).toMatch(/^\/password-resets\//);
    expect((await thief.get('/orders')).location).toMatch(/^\/login/);
    const locked = world.visitor();
    await locked.get('/login');
    expect((await locked.post('/login', { email, password: PASSWORD })).status).toBe(422);
    await owner.get(answer.location ?? '');
    await owner.post(answer.location ?? '', { password: NEW });
    await world.visitor().signIn(email, NEW);
    expect(await world.db('users').where({ email: theirs })).toEqual([]);
  });

  it('is put back within 7 days, once', async () => {
    const late = await stolen();
    world.clock.advanceMinutes(7 * 24 * 60 - 1);
    expect((await world.visitor().get(late.link)).status).toBe(200);
    world.clock.advanceMinutes(2);
    expect((await world.visitor().get(late.link)).status).toBe(410);
    const { link } = await stolen();
    const owner = world.visitor();
    await owner.get(link);
    await owner.post(link);
    expect((await owner.get(link)).status).toBe(410);
  });

  it('is put back after the thief has used a link of their own, or registered the address', async () => {
    const { email, theirs, thief, link } = await stolen();
    await thief.get('/security/email');
    const further = `further-${theirs}`;
    await thief.post('/security/email', { email: further });
    const next = await linkTo(world, further, 'confirm_new_email');
    await thief.get(next);
    await thief.post(next);
    await thief.get('/login');
    const back = await linkTo(world, theirs, 'email_changed');
    await thief.get(back);
    await thief.post(back);
    const squatter = world.visitor();
    await squatter.get('/register');
    await squatter.post('/register', { email, password: PASSWORD, kind: 'person', country: 'PL', currency: 'EUR' });
    const owner = world.visitor();
    await owner.get(link);
    expect((await owner.post(link)).location).toMatch(/^\/password-resets\//);
    expect(await world.db('users').where({ email })).toHaveLength(1);
  });

  it('comes back without a second factor that was set up since', async () => {
    const { email, thief, link } = await stolen();
    world.clock.advanceMinutes(1);
    await setUpFactor(thief, world.clock);
    const owner = world.visitor();
    await owner.get(link);
    const reset = (await owner.post(link)).location ?? '';
    await owner.get(reset);
    await owner.post(reset, { password: NEW });
    await world.visitor().signIn(email, NEW);
    expect((await owner.get('/login')).status).toBe(200);
  });

  it('is put back also after the thief has changed it again', async () => {
    const { email, thief, link } = await stolen();
    await thief.get('/security/email');
    const further = `further${added}@example.com`;
    await thief.post('/security/email', { email: further });
    const next = await linkTo(world, further, 'confirm_new_email');
    await thief.get(next);
    await thief.post(next);
    const owner = world.visitor();
    await owner.get(link);
    expect((await owner.post(link)).status).toBe(303);
    expect(await world.db('users').where({ email })).toHaveLength(1);
  });
});
