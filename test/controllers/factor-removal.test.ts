import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { removeDueFactors } from '../../src/domain/staff/factor-removals.ts';
import { linkTo } from '../support/links.ts';
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

/** Somebody who has lost the phone and the codes, and a member of staff who was convinced of it. */
async function lostEverything() {
  const customer = await world.addCustomer();
  await setUpFactor(await world.signIn(customer), world.clock);
  const { id: userId } = await world.db('users').where({ email: customer.email }).first('id');
  const path = `/staff/customers/${customer.customerId}`;
  const staff = async () => {
    const visitor = await world.signIn(await world.addStaff('admin'));
    await visitor.get(`${path}/access`);
    return visitor;
  };
  const first = await staff();
  const asked = await first.submit(`${path}/users/${userId}/factor-removal`, { reason: 'Passport shown by video' });
  return {
    ...customer,
    userId,
    path,
    staff,
    first,
    asked,
    link: await linkTo(world, customer.email, 'factor_removal_asked'),
  };
}
const hasFactor = async (userId: number) => (await world.db('totp_factors').where({ user_id: userId })).length === 1;

describe('a second factor that was lost with its recovery codes', () => {
  it('is removed by staff 72 hours after the owner was told', async () => {
    const { userId, email, asked } = await lostEverything();
    expect(asked.textOf('.alert-warn')).toContain('Passport shown by video');
    world.clock.advanceMinutes(72 * 60 - 1);
    await removeDueFactors(world.db, world.clock);
    expect(await hasFactor(userId)).toBe(true);
    world.clock.advanceMinutes(1);
    await removeDueFactors(world.db, world.clock);
    expect(await hasFactor(userId)).toBe(false);
    await world.signIn({ email });
    expect(await world.db('audit_log').where({ action: 'customer.factor_removed' }).first()).toMatchObject({
      user_id: null,
    });
  });

  it('is removed after 24 hours where a second member of staff approves, who is another one', async () => {
    const { userId, path, staff, first } = await lostEverything();
    const approval = `${path}/users/${userId}/factor-removal/approval`;
    await first.get(`${path}/access`);
    expect((await first.post(approval, { reason: 'Me again' })).status).toBe(404);
    const second = await staff();
    await second.submit(approval, { reason: 'Seen too' });
    world.clock.advanceMinutes(24 * 60);
    await removeDueFactors(world.db, world.clock);
    expect(await hasFactor(userId)).toBe(false);
  });

  it('stays where the owner says “stop”, by a page with a button, once', async () => {
    const { userId, link } = await lostEverything();
    const owner = world.visitor();
    await owner.get(link);
    expect(await world.db('factor_removals').where({ user_id: userId, stopped_at: null })).toHaveLength(1);
    expect((await owner.submit(link)).textOf('.flash')).toContain('Your second factor stays');
    world.clock.advanceMinutes(73 * 60);
    await removeDueFactors(world.db, world.clock);
    expect(await hasFactor(userId)).toBe(true);
    expect((await owner.get(link)).status).toBe(410);
  });

  it('is not asked for while the e-mail may be taken back still', async () => {
    const { userId, path, first, link } = await lostEverything();
    await world.visitor().get(link);
    const owner = world.visitor();
    await owner.get(link);
    await owner.post(link);
    await first.get(`${path}/access`);
    await first.submit(`${path}/users/${userId}/email`, { email: `moved${userId}@example.com`, reason: 'Asked' });
    await first.get(`${path}/access`);
    const refused = await first.submit(`${path}/users/${userId}/factor-removal`, { reason: 'Lost' });
    expect(refused.textOf('.flash')).toContain('may take it back still');
  });

  it('is asked for once at a time, and only of somebody who has one', async () => {
    const { userId, path, first } = await lostEverything();
    await first.get(`${path}/access`);
    const again = await first.submit(`${path}/users/${userId}/factor-removal`, { reason: 'Again' });
    expect(again.textOf('.flash')).toContain('asked for already');
    const other = await world.addCustomer();
    const { id } = await world.db('users').where({ email: other.email }).first('id');
    await first.get(`${path}/access`);
    const answer = await first.post(`/staff/customers/${other.customerId}/users/${id}/factor-removal`, { reason: 'x' });
    expect(answer.status).toBe(404);
  });
});
