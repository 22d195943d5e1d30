import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.addCustomer({ balance: '100.00' });
});
afterAll(() => world.close());

describe('the audit log', () => {
  it('shows who did what to whom, and why (S3)', async () => {
    const support = await world.signIn(await world.addStaff('support'));
    const row = (await support.get('/staff/audit')).$('tbody tr').first();
    expect(row.text()).toMatch(/billing\d+@example\.com/);
    expect(row.text()).toContain('For the test');
    expect(row.find('a').attr('href')).toMatch(/^\/staff\/customers\/\d+$/);
  });

  it('is never changed or deleted (S3)', async () => {
    await expect(world.owner('audit_log').update({ reason: 'x' })).rejects.toThrow(/only ever added/);
    await expect(world.owner('audit_log').delete()).rejects.toThrow(/only ever added/);
  });
});
