import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { acceptInvitation } from '../../src/domain/accounts/manage-members.ts';
import { linkTo } from '../support/links.ts';
import { PASSWORD } from '../support/people.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
afterEach(async () => {
  await world.db('throttles').delete();
});

/** @returns the link in the message */
async function invite(email: string, role = 'billing') {
  const customer = await world.addCustomer({ profile: { kind: 'company', companyName: 'Nordwind GmbH' } });
  const visitor = await world.signIn(customer);
  await visitor.get('/members');
  await visitor.submit('/members/invitations', { email, role });
  return { ...customer, link: await linkTo(world, email, 'member_invited') };
}
const rolesOf = (email: string) =>
  world.db('memberships as m').join('users as u', 'u.id', 'm.user_id').where({ email }).orderBy('m.id').pluck('m.role');

describe('an invitation to act for a customer', () => {
  it('is accepted by somebody without an account with a password, and needs no confirmation', async () => {
    const email = 'new-bookkeeper@example.com';
    const { link } = await invite(email);
    const visitor = world.visitor();
    const page = await visitor.get(link);
    expect(page.textOf('h1')).toBe('Invitation to Nordwind GmbH');
    expect((await visitor.post(link, { password: 'short' })).textOf('#password-error')).toContain('At least 12');
    const signIn = await visitor.submit(link, { password: PASSWORD });
    expect(signIn.value('input[name=email]')).toBe(email);
    await visitor.signIn(email, PASSWORD);
    expect(await rolesOf(email)).toEqual(['billing']);
    expect((await visitor.get('/top-ups/new')).status).toBe(200);
    expect((await visitor.get(link)).status).toBe(410);
  });

  it('is accepted by somebody who has an account when they are signed in as that address', async () => {
    const member = await world.addCustomer();
    const { link, customerId } = await invite(member.email.toUpperCase());
    const visitor = world.visitor();
    const page = await visitor.get(link);
    expect(page.$('input[name=password]')).toHaveLength(0);
    expect(page.link('a.button-primary')).toContain('/login?next=');
    await visitor.signIn(member.email, PASSWORD);
    await visitor.get(link);
    const home = await visitor.submit(link);
    expect(home.textOf('.flash')).toContain('You act for this account now');
    expect(home.textOf('.acting-for')).toBe('Nordwind GmbH');
    expect(await rolesOf(member.email)).toEqual(['owner', 'billing']);
    expect(customerId).toBeGreaterThan(0);
  });

  it('is for its address only', async () => {
    const { link } = await invite('somebody@example.com');
    const stranger = await world.signIn(await world.addCustomer());
    const page = await stranger.get(link);
    expect(page.textOf('main')).toContain('The invitation is for somebody@example.com');
    expect((await stranger.post(link)).status).toBe(403);
    expect((await stranger.get(link)).status).toBe(200);
  });

  it('is not for staff: nobody is both', async () => {
    const staff = await world.addStaff('support');
    const { link } = await invite(staff.email);
    const visitor = await world.signIn(staff);
    await visitor.get(link);
    const refused = await visitor.post(link);
    expect(refused.status).toBe(422);
    expect(await rolesOf(staff.email)).toEqual([]);
    await expect(
      world
        .owner('memberships')
        .insert({ user_id: staff.userId, customer_id: 1001, role: 'owner', created_at: new Date() }),
    ).rejects.toThrow(/foreign key/);
  });

  it('works once, of 64 at the same moment', async () => {
    const member = await world.addCustomer();
    const { link } = await invite(member.email);
    const token = link.split('/').at(-1) ?? '';
    const { id: userId } = await world.db('users').where({ email: member.email }).first('id');
    await world.openConnections();
    const done = await Promise.allSettled(
      Array.from({ length: 64 }, () => acceptInvitation(world.services, { token, userId })),
    );
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('works for 7 days', async () => {
    const { link } = await invite('late@example.com');
    world.clock.advanceMinutes(7 * 24 * 60 - 1);
    expect((await world.visitor().get(link)).status).toBe(200);
    world.clock.advanceMinutes(2);
    expect((await world.visitor().get(link)).status).toBe(410);
  });
});
