import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetOldSignIns } from '../../../src/domain/identity/sign-in-history.ts';
import { fixedClock } from '../../../src/platform/clock.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

describe('the history of sign-ins', () => {
  it('has what went well and what did not, on pages', async () => {
    const { email } = await world.addCustomer();
    const visitor = world.visitor();
    await visitor.get('/login');
    await visitor.post('/login', { email, password: 'wrong' });
    const signedIn = await world.signIn({ email });
    const page = await signedIn.get('/security/history');
    expect(page.cells('tbody tr').map((cells) => cells.slice(3))).toEqual([
      ['Password', 'Signed in'],
      ['Password', 'Wrong password'],
    ]);
    const { id } = await world.db('users').where({ email }).first('id');
    await world.db('sign_ins').insert(
      Array.from({ length: 30 }, () => ({
        user_id: id,
        at: world.clock.now(),
        outcome: 'signed_in',
        method: 'password',
      })),
    );
    expect((await signedIn.get('/security/history?page=2')).$('tbody tr')).toHaveLength(7);
    expect((await signedIn.get('/security')).$('tbody tr')).toHaveLength(20);
  });

  it('is never changed, and forgotten after 180 days', async () => {
    await world.db('sign_ins').insert({ at: new Date(), outcome: 'signed_in', method: 'password' });
    await expect(world.owner('sign_ins').update({ outcome: 'signed_in' })).rejects.toThrow(/stays as it is/);
    await expect(world.owner('sign_ins').delete()).rejects.toThrow(/stays as it is/);
    const old = new Date('2024-01-01T00:00:00Z');
    await world.db('sign_ins').insert({ at: old, outcome: 'signed_in', method: 'password' });
    const before = (await world.db('sign_ins')).length;
    await forgetOldSignIns(world.db, fixedClock('2024-06-28T00:00:00Z'));
    expect(await world.db('sign_ins')).toHaveLength(before);
    await forgetOldSignIns(world.db, fixedClock('2024-06-30T00:00:00Z'));
    expect(await world.db('sign_ins')).toHaveLength(before - 1);
  });
});
