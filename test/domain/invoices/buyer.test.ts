import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toProfileRow } from '../../../src/domain/customers/customer-queries.ts';
import { missingFields, type Profile } from '../../../src/domain/customers/profile.ts';
import { updateProfile } from '../../../src/domain/customers/update-profile.ts';
import { expectInvariants } from '../../support/invariants.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(async () => {
  await expectInvariants(world);
  await world.close();
});

const NOBODY = { firstName: '', lastName: '', country: '', city: '', address: '', postalCode: '', phone: '' };
const ANNA = {
  firstName: 'Anna',
  lastName: 'Nowak',
  country: 'PL',
  city: 'Gdańsk',
  address: 'ul. Długa 1',
  phone: '+48 58 000',
};

describe('the buyer of an invoice', () => {
  it('of a new customer is who they say they are when they pay, and stays so (I3)', async () => {
    const customer = await world.addCustomer({ profile: NOBODY, balance: '100.00' });
    const { invoice } = await world.placeOrder(customer);
    const visitor = await world.signIn(customer);
    const buyerOn = async () => (await visitor.get(`/invoices/${invoice.id}`)).$('.parties').text();
    expect(await buyerOn()).not.toContain('Anna');
    await updateProfile(world.db, customer.customerId, ANNA);
    expect(await buyerOn()).toContain('Anna Nowak');
    await world.pay(customer, invoice.id);
    expect((await world.invoice(invoice.id)).buyer).toMatchObject({ firstName: 'Anna', city: 'Gdańsk' });
    await updateProfile(world.db, customer.customerId, { lastName: 'Kowalska', city: 'Kraków' });
    expect(await buyerOn()).toContain('Anna Nowak');
    expect((await visitor.get(`/invoices/${invoice.id}.pdf`)).status).toBe(200);
  });

  it('is kept from the issue on where the profile lacked nothing (I3)', async () => {
    const customer = await world.addCustomer({ profile: ANNA });
    const { invoice } = await world.placeOrder(customer);
    await updateProfile(world.db, customer.customerId, { city: 'Kraków' });
    const page = await (await world.signIn(customer)).get(`/invoices/${invoice.id}`);
    expect(page.$('.parties').text()).toContain('Gdańsk');
  });

  it('is kept with a cancellation too, and changes with nothing but the end of the waiting (I3)', async () => {
    const customer = await world.addCustomer({ profile: NOBODY });
    const { invoice } = await world.placeOrder(customer);
    const change = { buyer: JSON.stringify({ firstName: 'Mallory' }) };
    await expect(world.db('invoices').where({ id: invoice.id }).update(change)).rejects.toThrow('not edited');
    const final = { buyer_final: true };
    await expect(world.db('invoices').where({ id: invoice.id }).update(final)).rejects.toThrow('not edited');
    const now = world.clock.now();
    await world.db('invoices').where({ id: invoice.id }).update({ status: 'cancelled', cancelled_at: now });
    expect(await world.invoice(invoice.id)).toMatchObject({ buyer_final: true });
    await expect(world.db('invoices').where({ id: invoice.id }).update(change)).rejects.toThrow('not edited');
  });

  it('lacks something in the database exactly where it does in the application (P1)', async () => {
    const customer = await world.addCustomer();
    const word = fc.constantFrom('', 'x');
    const profiles = fc.record({
      kind: fc.constantFrom('person' as const, 'company' as const),
      firstName: word,
      lastName: word,
      companyName: word,
      registrationNumber: word,
      vatNumber: word,
      country: fc.constantFrom('', 'PL'),
      city: word,
      address: word,
      postalCode: word,
      phone: word,
    });
    await fc.assert(
      fc.asyncProperty(profiles, async (profile: Profile) => {
        await world.db('customers').where({ id: customer.customerId }).update(toProfileRow(profile));
        const { rows } = await world.db.raw('select is_profile_complete(c) as complete from customers c where id = ?', [
          customer.customerId,
        ]);
        expect(rows[0].complete).toBe(missingFields(profile).length === 0);
      }),
      { numRuns: 200 },
    );
  });
});
