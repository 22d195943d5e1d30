import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPLETE_PROFILE } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

describe('a profile that staff correct', () => {
  it('is kept with its reason, before and after in the audit log', async () => {
    const { customerId } = await world.addCustomer();
    const admin = await world.signIn(await world.addStaff('admin'));
    const path = `/staff/customers/${customerId}/profile`;
    await admin.get(path);
    await admin.submit(path, { city: 'Gdańsk', phone: COMPLETE_PROFILE.phone, reason: 'Misspelt' });
    expect((await world.db('customers').where({ id: customerId }).first()).city).toBe('Gdańsk');
    const entry = await world.db('audit_log').where({ action: 'customer.profile_changed' }).first();
    expect(entry).toMatchObject({
      reason: 'Misspelt',
      details: { before: { city: 'Warszawa' }, after: { city: 'Gdańsk' } },
    });
  });

  it('is not changed without a reason, nor with what cannot be; what was typed is kept', async () => {
    const { customerId } = await world.addCustomer();
    const admin = await world.signIn(await world.addStaff('admin'));
    const path = `/staff/customers/${customerId}/profile`;
    await admin.get(path);
    const refused = await admin.post(path, { city: 'Gdynia', phone: 'none', reason: '' });
    expect(refused.status).toBe(422);
    expect(refused.value('#city')).toBe('Gdynia');
    expect(refused.$('.field-error')).toHaveLength(2);
    expect((await world.db('customers').where({ id: customerId }).first()).city).toBe('Warszawa');
  });
});
