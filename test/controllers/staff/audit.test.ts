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

  it('reads in words, in the reader’s language: what was before and is after, with the role of who did it (S3)', async () => {
    const { customerId } = await world.addCustomer();
    const visitor = await world.signIn(await world.addStaff('admin'));
    await visitor.get(`/staff/customers/${customerId}`);
    await visitor.submit(`/staff/customers/${customerId}/adjustments`, {
      direction: 'credit',
      amount: '5',
      reason: 'Goodwill',
    });
    await visitor.get(`/staff/customers/${customerId}/profile`);
    await visitor.submit(`/staff/customers/${customerId}/profile`, { city: 'Gdynia', reason: 'Moved' });
    const log = await visitor.get('/staff/audit');
    const [corrected = '', adjusted = ''] = log.texts('tbody tr');
    expect(corrected).toContain('City: Warszawa → Gdynia');
    expect(corrected).toContain('Administrator');
    expect(adjusted).toMatch(/€5\.00 · €0\.00 → €5\.00/);
    await visitor.post('/appearance', { locale: 'ru', return_to: '/staff/audit' });
    expect((await visitor.get('/staff/audit')).text).toContain('Город: Warszawa → Gdynia');
  });

  it('is filtered by who, what and when, and comes as CSV (desk b3)', async () => {
    const admin = await world.signIn(await world.addStaff('admin'));
    const actions = async (query: string) =>
      (await admin.get(`/staff/audit?${query}`)).cells('tbody tr').map((row) => row[2]);
    expect(new Set(await actions('action=balance.adjusted'))).toEqual(new Set(['Balance adjusted']));
    expect(await actions('q=nobody')).toEqual([]);
    expect(await actions(`from=${world.daysFromToday(1)}`)).toEqual([]);
    expect((await admin.get('/staff/audit.csv?action=balance.adjusted')).text).toContain('For the test');
  });

  it('is never changed or deleted (S3)', async () => {
    await expect(world.owner('audit_log').update({ reason: 'x' })).rejects.toThrow(/only ever added/);
    await expect(world.owner('audit_log').delete()).rejects.toThrow(/only ever added/);
  });
});
