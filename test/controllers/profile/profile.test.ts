import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingFields, type Profile } from '../../../src/domain/customers/profile.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.storeRates({ RUB: '93.5626' });
});
afterAll(() => world.close());

describe('what must be filled in', () => {
  const full: Profile = {
    kind: 'person',
    firstName: 'A',
    lastName: 'B',
    companyName: '',
    registrationNumber: '',
    vatNumber: '',
    country: 'PL',
    city: 'C',
    address: 'D',
    postalCode: '',
    phone: '12345',
  };

  it('is six fields for a person (P1)', () => {
    expect(missingFields(full)).toEqual([]);
    expect(
      missingFields({ ...full, firstName: ' ', lastName: '', country: '', city: '', address: '', phone: '' }),
    ).toHaveLength(6);
  });

  it('is also the name and one of the numbers for a company (P1)', () => {
    const company = { ...full, kind: 'company' as const };
    expect(missingFields(company)).toEqual(['companyName', 'registrationNumber']);
    expect(missingFields({ ...company, companyName: 'X', vatNumber: 'DE1' })).toEqual([]);
  });
});

describe('the profile', () => {
  it('is saved field by field; fields of others’ making change nothing (security 21)', async () => {
    const customer = await world.addCustomer();
    const visitor = await world.signIn(customer);
    await visitor.get('/profile');
    await visitor.submit('/profile', {
      city: 'Gdańsk',
      account_currency: 'USD',
      customer_id: '1',
      balance: '1000',
      role: 'admin',
      staff_role: 'admin',
      id: '7',
    });
    const row = await world.db('customers').where({ id: customer.customerId }).first();
    expect(row).toMatchObject({ city: 'Gdańsk', account_currency: 'EUR', first_name: 'Anna' });
    expect(await world.balanceOf(customer)).toBe('0.0000');
    expect((await visitor.get('/staff')).status).toBe(403);
  });

  it('keeps display currency, notifications and auto-renewal (P3)', async () => {
    const customer = await world.addCustomer();
    const visitor = await world.signIn(customer);
    await visitor.get('/profile');
    const page = await visitor.submit('/profile/preferences', {
      display_currency: 'RUB',
      notification: ['invoices', 'news'],
      auto_renewal: 'on',
    });
    expect(page.$('.balance-menu .equivalent').first().text()).toContain('RUB');
    expect(page.values('input[name=notification]:checked')).toEqual(['invoices', 'news']);
    expect(page.$('input[name=auto_renewal]').attr('checked')).toBeDefined();
  });
});
