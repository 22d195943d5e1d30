import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';
import type { Visitor } from '../../support/visitor.ts';

let world: World;
let admin: Visitor;
beforeEach(async () => {
  world = await createWorld({ environment: { SUPPORT_EMAIL: 'help@example.com' } });
  admin = await world.signIn(await world.addStaff('admin'));
});
afterEach(() => world.close());

async function save(group: string, fields: Record<string, string>) {
  const path = `/staff/settings/${group}`;
  await admin.get('/staff');
  const page = await admin.get(path);
  const shown = page
    .$('main form[method=post]')
    .first()
    .find('input:not([type=hidden],[type=checkbox]), select, textarea')
    .toArray()
    .map((field) => [page.$(field).attr('name') ?? '', String(page.$(field).val() ?? '')]);
  return admin.post(path, { ...Object.fromEntries(shown), ...fields });
}

describe('the settings (b50)', () => {
  it('are in force at once, and who changed what stands in the audit log', async () => {
    expect((await save('registration', { registration: 'closed', password_min_length: '15' })).status).toBe(303);
    const register = async () => (await world.visitor().get('/register')).$('form[action="/register"]').length;
    await expect.poll(register).toBe(0);
    const entry = await world.db('audit_log').where({ action: 'settings.changed' }).first();
    expect(entry.details.after).toMatchObject({ registration: 'closed', password_min_length: 15 });
    expect((await admin.get('/staff/audit')).textOf('main')).toContain('Shortest password');
  });

  it('that the environment decides are shown with its variable, and not changed', async () => {
    const page = await admin.get('/staff/settings/mail');
    expect(page.$('#support_email').attr('disabled')).toBeDefined();
    expect(page.textOf('#support_email-hint')).toBe('Set by the environment: SUPPORT_EMAIL.');
    await save('mail', { support_email: 'else@example.com', mail_from: 'Example <noreply@example.com>' });
    const stored = await world.db('settings').pluck('name');
    expect(stored).toEqual(['mail_from']);
    expect((await admin.get('/staff/settings/mail')).value('#support_email')).toBe('help@example.com');
  });

  it('limit what is topped up', async () => {
    expect((await save('top-ups', { top_up_min: '50', top_up_max: '20' })).status).toBe(422);
    expect((await save('top-ups', { top_up_min: '20', top_up_max: '50' })).status).toBe(303);
    const customer = await world.signIn(await world.addCustomer());
    const refused = async (amount: string) => {
      await customer.get('/top-ups/new');
      return (await customer.post('/top-ups', { amount, currency: 'EUR' })).status;
    };
    await expect.poll(() => refused('10')).toBe(422);
    expect(await refused('51')).toBe(422);
  });

  it('say what is wrong beside what was typed', async () => {
    const page = await save('registration', {
      password_min_length: 'long',
      terms_url: 'ftp://example.com',
      registration: 'maybe',
    });
    expect(page.status).toBe(422);
    expect(page.$('.alert-bad li')).toHaveLength(3);
    expect(page.value('#password_min_length')).toBe('long');
    expect((await save('registration', { terms_url: 'https://example.com/terms', terms_version: '' })).status).toBe(
      422,
    );
    expect((await admin.get('/staff/settings/nothing')).status).toBe(404);
  });

  it('send a test message to whoever asks for it', async () => {
    await admin.get('/staff/settings/mail');
    await admin.submit('/staff/settings/mail/test');
    const mail = await world.db('mails').where({ kind: 'test_mail' }).first();
    expect(mail.customer_id).toBeNull();
  });

  it('show customers a text above the contact form', async () => {
    await save('texts', { support_text_en: 'Call us on weekdays.', support_text_ru: 'Звоните по будням.' });
    const customer = await world.signIn(await world.addCustomer());
    await expect.poll(async () => (await customer.get('/support')).textOf('main')).toContain('Call us on weekdays.');
  });

  it('of somebody without the right to change them are to be read', async () => {
    const support = await world.signIn(await world.addStaff('support'));
    expect((await support.get('/staff/settings/mail')).status).toBe(403);
  });
});

describe('maintenance (b50)', () => {
  it('lets customers read everything and change nothing, tells them so, and stops the billing calendar', async () => {
    const customer = await world.addCustomer({ balance: '50.00' });
    const orderId = await world.addActiveOrder(customer);
    const { invoice } = await world.placeOrder(customer);
    const visitor = await world.signIn(customer);
    await save('maintenance', { maintenance: '1', maintenance_text_en: 'We move a rack until noon.' });
    const orders = () => visitor.get('/orders');
    await expect.poll(async () => (await orders()).textOf('.alert-warn')).toContain('We move a rack until noon.');
    await visitor.get(`/invoices/${invoice.id}`);
    expect((await visitor.post(`/invoices/${invoice.id}/payment`, { method: 'balance' })).status).toBe(503);
    expect((await visitor.post(`/orders/${orderId}/comment`, { comment: 'x', service_name: '' })).status).toBe(503);
    const order = { plan: 'vps-2', months: '1', hostname: 'a.example.com', os: 'debian-13', pay: 'later' };
    expect((await visitor.post('/orders', order)).status).toBe(503);
    // What keeps an account its owner's goes on.
    expect((await visitor.get('/security')).status).toBe(200);
    expect((await world.invoice(invoice.id)).status).toBe('unpaid');
    await admin.get('/staff/billing');
    const asked = await admin.submit('/staff/billing', { day: world.clock.today() });
    expect(asked.textOf('.flash')).toContain('under maintenance');
    const retried = await admin.post('/staff/billing/1/failures/1/retry', {});
    expect([retried.status, retried.location]).toEqual([303, '/staff/billing/1#failures']);
    expect((await admin.get('/staff/billing')).textOf('.flash')).toContain('under maintenance');
    expect(await world.db('billing_runs')).toEqual([]);
    await save('maintenance', { maintenance: '' });
    // It is made up for as soon as it is over.
    expect(await world.db('billing_runs')).toHaveLength(1);
    const pay = async () => {
      await visitor.get(`/invoices/${invoice.id}`);
      return (await visitor.post(`/invoices/${invoice.id}/payment`, { method: 'balance' })).status;
    };
    await expect.poll(pay).toBe(303);
  });
});
