import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSetupToken, setUpAdministrator } from '../../../src/domain/staff/set-up.ts';
import { createUser } from '../../../src/domain/identity/create-user.ts';
import { ADVISORY_LOCKS } from '../../../src/platform/db/advisory-locks.ts';
import { meanwhile } from '../../support/meanwhile.ts';
import { PASSWORD } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

describe('the first administrator', () => {
  it('is made once, with the token that the start printed, and signed in', async () => {
    const token = await makeSetupToken(world.db, world.clock);
    const visitor = world.visitor();
    await visitor.get(`/staff/setup?token=${token}`);
    const weak = await visitor.post('/staff/setup', { token, email: 'first@example.com', password: 'short' });
    expect(weak.textOf('#password-error')).toContain('At least 15 characters');
    const odd = await visitor.post('/staff/setup', { token, email: 'nothing', password: PASSWORD });
    expect([odd.status, odd.value('input[name=email]')]).toEqual([422, 'nothing']);
    const answer = await visitor.post('/staff/setup', { token, email: 'first@example.com', password: PASSWORD });
    expect(answer.location).toBe('/staff');
    expect((await visitor.get('/staff/team')).status).toBe(200);
    expect((await world.visitor().get(`/staff/setup?token=${token}`)).status).toBe(410);
    expect(await world.db('audit_log').pluck('action')).toEqual(['staff.set_up']);
  });

  it('is not made without the token, nor with one beside somebody who is there already', async () => {
    expect((await world.visitor().get('/staff/setup')).status).toBe(410);
    expect((await world.visitor().get('/staff/setup?token=x')).status).toBe(410);
    const token = await makeSetupToken(world.db, world.clock);
    await world.addCustomer();
    const visitor = world.visitor();
    await visitor.get(`/staff/setup?token=${token}`);
    const answer = await visitor.post('/staff/setup', { token, email: 'first@example.com', password: PASSWORD });
    expect(answer.status).toBe(410);
    expect(await world.db('users').whereNotNull('staff_role')).toEqual([]);
  });

  it('is not made beside one who is being made at that very moment', async () => {
    const token = await makeSetupToken(world.db, world.clock);
    const rules = { minimum: 15, about: [] };
    const outcome = await meanwhile(
      world,
      async (trx) => {
        await trx.raw('select pg_advisory_xact_lock(?)', [ADVISORY_LOCKS.seed]);
        const belongsTo = { staffRole: 'admin' };
        await createUser(trx, world.clock, { email: 'first@example.com', passwordHash: 'x', belongsTo });
      },
      () =>
        setUpAdministrator(world.db, world.clock, {
          token,
          email: 'second@example.com',
          password: PASSWORD,
          rules,
          locale: 'en',
        }),
    );
    expect(outcome.status).toBe('rejected');
    expect(await world.db('users').pluck('email')).toEqual(['first@example.com']);
  });

  it('is one, of 32 that are made at the same moment', async () => {
    const tokens = [await makeSetupToken(world.db, world.clock), await makeSetupToken(world.db, world.clock)];
    await world.openConnections();
    const done = await Promise.allSettled(
      Array.from({ length: 32 }, (_, index) =>
        setUpAdministrator(world.db, world.clock, {
          token: tokens[index % 2] ?? '',
          email: `first${index}@example.com`,
          password: PASSWORD,
          rules: { minimum: 15, about: [] },
          locale: 'en',
        }),
      ),
    );
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await world.db('users')).toHaveLength(1);
  });
});
