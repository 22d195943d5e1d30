import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { changeStaffMember } from '../../../src/domain/staff/team.ts';
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

async function administrator() {
  const staff = await world.addStaff('admin');
  const visitor = await world.signIn(staff);
  await visitor.get('/staff/team');
  return { ...staff, visitor };
}
const change = { role: 'support', access: 'on', reason: 'Moved to support' };

describe('the staff', () => {
  it('are invited by mail, choose a password, and come in with their role; the invitation works for 72 hours', async () => {
    const { visitor } = await administrator();
    await visitor.submit('/staff/team/invitations', { email: 'colleague@example.com', role: 'billing' });
    const link = await linkTo(world, 'colleague@example.com', 'staff_invited');
    const theirs = world.visitor();
    await theirs.get(link);
    expect((await theirs.post(link, { password: 'green umbrella' })).textOf('#password-error')).toContain('15');
    await theirs.submit(link, { password: PASSWORD });
    await theirs.signIn('colleague@example.com', PASSWORD);
    expect((await theirs.get('/staff/customers')).status).toBe(200);
    expect((await theirs.get('/staff/team')).status).toBe(403);
    await visitor.get('/staff/team');
    await visitor.submit('/staff/team/invitations', { email: 'late@example.com', role: 'support' });
    world.clock.advanceMinutes(72 * 60 + 1);
    expect((await theirs.get(await linkTo(world, 'late@example.com', 'staff_invited'))).status).toBe(410);
  });

  it('are not made of a customer’s user: nobody is both', async () => {
    const { visitor } = await administrator();
    const customer = await world.addCustomer();
    const refused = await visitor.post('/staff/team/invitations', { email: customer.email, role: 'support' });
    expect(refused.textOf('.alert-bad')).toContain('staff and customers have different addresses');
    // Somebody registers with the address meanwhile.
    await visitor.get('/staff/team');
    await visitor.submit('/staff/team/invitations', { email: 'both@example.com', role: 'support' });
    await world.db('users').where({ email: customer.email }).update({ email: 'both@example.com' });
    const theirs = await world.signIn({ email: 'both@example.com' });
    const link = await linkTo(world, 'both@example.com', 'staff_invited');
    await theirs.get(link);
    const answer = await theirs.post(link);
    expect([answer.status, answer.textOf('.alert-bad')]).toEqual([422, expect.stringContaining('different addresses')]);
    expect((await world.db('users').where({ email: 'both@example.com' }).first()).staff_role).toBeNull();
  });

  it('get another role, and are kept out, from the next request on; each is in the audit log (security 6, 22)', async () => {
    const { visitor, email } = await administrator();
    const other = await world.addStaff('admin');
    const theirs = await world.signIn(other);
    await visitor.submit(`/staff/team/${other.userId}/role`, change);
    expect((await theirs.get('/staff/team')).status).toBe(403);
    expect((await theirs.get('/staff')).status).toBe(200);
    await visitor.get('/staff/team');
    await visitor.submit(`/staff/team/${other.userId}/role`, { ...change, access: 'off', reason: 'Left' });
    expect((await theirs.get('/staff')).location).toMatch(/^\/login/);
    const log = await visitor.get('/staff/audit');
    const [row] = log.cells('tbody tr');
    expect(row?.slice(1)).toEqual([
      `${email} Administrator`,
      'Staff changed',
      other.email,
      expect.stringContaining('Left'),
    ]);
  });

  it('keep an administrator, also when all of them go at the same moment', async () => {
    const { visitor, userId } = await administrator();
    for (const { id } of await world.db('users').where({ staff_role: 'admin' }).whereNot({ id: userId }).select('id'))
      await changeStaffMember(world.db, world.clock, {
        by: userId,
        userId: id,
        role: 'support',
        disabled: false,
        reason: '',
      });
    const page = await visitor.submit(`/staff/team/${userId}/role`, change);
    expect(page.textOf('.flash')).toBe('Somebody has to stay who may change the staff.');
    const ids = [userId];
    for (let count = 0; count < 5; count++) ids.push((await world.addStaff('admin')).userId);
    await world.openConnections();
    const done = await Promise.allSettled(
      ids.map((id, index) =>
        changeStaffMember(world.db, world.clock, {
          by: id,
          userId: id,
          role: index % 2 ? 'support' : 'admin',
          disabled: index % 2 === 0,
          reason: '',
        }),
      ),
    );
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(await world.db('users').where({ staff_role: 'admin', disabled_at: null })).toHaveLength(1);
  });

  it('end everybody’s sessions but their own', async () => {
    const { visitor } = await administrator();
    const others = [await world.signIn(await world.addCustomer()), await world.signIn(await world.addStaff('support'))];
    await visitor.submit('/staff/team/sessions/end');
    for (const other of others) expect((await other.get('/')).location).toMatch(/^\/login/);
    expect((await visitor.get('/staff/team')).status).toBe(200);
  });

  it('are changed by the application only as far as this goes (security 42)', async () => {
    await expect(world.db('users').update({ staff_role: 'admin' })).rejects.toThrow(/permission denied/);
    await expect(world.db('staff_roles').update({ rights: [] })).rejects.toThrow(/permission denied/);
  });
});
