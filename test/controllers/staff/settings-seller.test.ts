import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';
import type { Visitor } from '../../support/visitor.ts';

let world: World;
let admin: Visitor;
beforeEach(async () => {
  world = await createWorld();
  admin = await world.signIn(await world.addStaff('admin'));
});
afterEach(() => world.close());

const fields = (changes: Record<string, string> = {}) => ({
  name: 'Example Hosting Ltd',
  address: '1 Example Street',
  registration: 'HRB 12345',
  vat: 'VAT XX123',
  bank: 'IBAN XX00',
  valid_from: world.clock.today(),
  reason: '',
  ...changes,
});
const sellerOf = async (invoiceId: number) => (await world.invoice(invoiceId)).seller;

describe('the seller (b50)', () => {
  it('stands on invoices from a day on, and those that are issued keep theirs', async () => {
    const customer = await world.addCustomer();
    const visitor = await world.signIn(customer);
    await admin.get('/staff/settings/seller');
    expect((await admin.post('/staff/settings/seller', fields())).status).toBe(303);
    const order = { plan: 'vps-2', months: '1', hostname: 'a.example.com', os: 'debian-13', pay: 'later' };
    await visitor.get('/orders/new?plan=vps-2');
    await visitor.post('/orders', order);
    const [first] = await world.unpaidInvoicesOf(customer);
    expect(await sellerOf(first.id)).toEqual({
      name: 'Example Hosting Ltd',
      details: '1 Example Street\nHRB 12345\nVAT XX123\nIBAN XX00',
    });
    const day = world.daysFromToday(1);
    await admin.get('/staff/settings/seller');
    const next = fields({ name: 'Example Group plc', valid_from: day, reason: 'New company' });
    expect((await admin.post('/staff/settings/seller', next)).status).toBe(303);
    world.clock.set(`${day}T09:00:00Z`);
    const again = await world.signIn(customer);
    await again.get('/orders/new?plan=vps-2');
    await again.post('/orders', { ...order, hostname: 'b.example.com' });
    const [, second] = await world.unpaidInvoicesOf(customer);
    expect((await sellerOf(second.id)).name).toBe('Example Group plc');
    expect((await sellerOf(first.id)).name).toBe('Example Hosting Ltd');
    const entry = await world.db('audit_log').where({ action: 'seller.saved', reason: 'New company' }).first();
    expect(entry.details).toMatchObject({
      before: { name: 'Example Hosting Ltd' },
      after: { name: 'Example Group plc' },
    });
  });

  it('takes a reason once there is one, no past day, and keeps what was typed', async () => {
    await admin.get('/staff/settings/seller');
    await admin.post('/staff/settings/seller', fields());
    await admin.get('/staff/settings/seller');
    const page = await admin.post('/staff/settings/seller', fields({ valid_from: world.daysFromToday(-1) }));
    expect(page.status).toBe(422);
    expect(page.$('.alert-bad li')).toHaveLength(2);
    expect(page.value('#name')).toBe('Example Hosting Ltd');
  });
});
