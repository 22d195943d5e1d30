import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkTo } from '../../support/links.ts';
import { PASSWORD } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const fields = { email: 'opened@example.com', kind: 'person', country: 'DE', currency: 'EUR', language: 'ru' };

describe('a customer whom staff open an account for', () => {
  it('chooses the password by a link that works for 7 days; it is in the audit log', async () => {
    const admin = await world.signIn(await world.addStaff('admin'));
    await admin.get('/staff/customers/new');
    const page = await admin.submit('/staff/customers', fields);
    expect(page.textOf('.flash')).toContain('opened@example.com gets a link');
    const mail = await world.db('mails').where({ recipient: 'opened@example.com' }).first();
    expect([mail.kind, mail.locale]).toEqual(['account_opened', 'ru']);
    world.clock.advanceMinutes(6 * 24 * 60);
    const link = await linkTo(world, 'opened@example.com', 'account_opened');
    const visitor = world.visitor();
    await visitor.get(link);
    await visitor.submit(link, { password: PASSWORD });
    await visitor.signIn('opened@example.com', PASSWORD);
    expect((await visitor.get('/top-ups/new')).status).toBe(200);
    const entry = await world.db('audit_log').where({ action: 'customer.created' }).first();
    expect(entry).toMatchObject({ role: 'admin', customer_id: await world.customerIdOf('opened@example.com') });
  });

  it('has an e-mail that is nobody’s, a country and a currency', async () => {
    const admin = await world.signIn(await world.addStaff('admin'));
    const { email } = await world.addCustomer();
    await admin.get('/staff/customers/new');
    expect((await admin.post('/staff/customers', { ...fields, email })).textOf('#email-error')).toContain(
      'cannot be used',
    );
    const odd = await admin.post('/staff/customers', { ...fields, email: 'no', country: 'XX', currency: 'XXX' });
    expect(odd.status).toBe(422);
    expect(odd.$('.field-error')).toHaveLength(3);
    expect(odd.value('input[name=email]')).toBe('no');
  });
});
