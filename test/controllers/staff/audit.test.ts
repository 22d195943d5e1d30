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
    const page = await support.get('/staff/audit');
    const [newest = ''] = page.texts('tbody tr');
    expect(newest).toMatch(/billing\d+@example\.com/);
    expect(newest).toContain('For the test');
    expect(page.link('tbody tr:first-child a')).toMatch(/^\/staff\/customers\/\d+$/);
  });

  it('is never changed or deleted (S3)', async () => {
    await expect(world.owner('audit_log').update({ reason: 'x' })).rejects.toThrow(/only ever added/);
    await expect(world.owner('audit_log').delete()).rejects.toThrow(/only ever added/);
  });
});
