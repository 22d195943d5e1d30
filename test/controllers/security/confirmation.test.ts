import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import request from 'supertest';
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

describe('showing again who one is', () => {
  it('is not asked for within ten minutes, and asked for later (security 8)', async () => {
    const visitor = await world.signIn(await world.addCustomer());
    world.clock.advanceMinutes(10);
    expect((await visitor.get('/security/totp')).status).toBe(200);
    world.clock.advanceMinutes(1);
    expect((await visitor.get('/security/totp')).location).toBe('/security/confirmation?next=%2Fsecurity%2Ftotp');
  });

  it('changes the id of the session, and the old one is dead', async () => {
    const visitor = await world.signIn(await world.addCustomer());
    const old = visitor.cookies();
    await visitor.get('/security/confirmation?next=%2Fsecurity');
    const answer = await visitor.post('/security/confirmation', { password: PASSWORD, next: '/security' });
    expect(answer.location).toBe('/security');
    expect((await visitor.get('/security')).status).toBe(200);
    expect((await request(world.url).get('/security').set('Cookie', old)).status).toBe(303);
  });

  it('refuses a wrong password, and is throttled like signing in', async () => {
    const visitor = await world.signIn(await world.addCustomer());
    await visitor.get('/security/confirmation');
    const wrong = await visitor.post('/security/confirmation', { password: 'wrong' });
    expect(wrong.status).toBe(422);
    for (let attempt = 0; attempt < 6; attempt++) await visitor.post('/security/confirmation', { password: 'wrong' });
    expect((await visitor.post('/security/confirmation', { password: PASSWORD })).status).toBe(429);
  });

  it('leads back on this site only (security 29)', async () => {
    const visitor = await world.signIn(await world.addCustomer());
    await visitor.get('/security/confirmation');
    const answer = await visitor.post('/security/confirmation', { password: PASSWORD, next: '//evil.example' });
    expect(answer.location).toBe('/security');
  });

  it('comes before an adjustment of a balance, which is kept as it was typed', async () => {
    const { customerId } = await world.addCustomer();
    const staff = await world.signIn(await world.addStaff('billing'));
    world.clock.advanceMinutes(11);
    await staff.get(`/staff/customers/${customerId}`);
    const path = `/staff/customers/${customerId}`;
    const asked = await staff.post(`${path}/adjustments`, { direction: 'credit', amount: '5', reason: 'Goodwill' });
    expect(asked.location).toBe(`/security/confirmation?next=${encodeURIComponent(path)}`);
    await staff.get(asked.location ?? '');
    const back = await staff.post('/security/confirmation', { password: PASSWORD, next: path });
    expect(back.location).toBe(path);
    expect(await world.db('adjustments').where({ customer_id: customerId })).toEqual([]);
    const form = await staff.get(path);
    expect(form.value('input[name=reason]')).toBe('Goodwill');
  });
});
