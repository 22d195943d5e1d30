import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/platform/db/transaction.ts';
import { addMember } from '../../src/domain/identity/members.ts';
import { PASSWORD } from '../support/people.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** Somebody who owns one customer and reads another. */
async function memberOfTwo() {
  const [own, other] = [
    await world.addCustomer(),
    await world.addCustomer({ currency: 'USD', profile: { kind: 'company', companyName: 'Nordwind GmbH' } }),
  ];
  const { id: userId } = await world.db('users').where({ email: own.email }).first('id');
  await inTransaction(world.db, (trx) =>
    addMember(trx, world.clock, { userId, customerId: other.customerId, role: 'reader' }),
  );
  return { own, other, visitor: await world.signIn(own) };
}

describe('a member of several customers', () => {
  it('switches between them, and every page names whose data it shows', async () => {
    const { own, other, visitor } = await memberOfTwo();
    expect((await visitor.get('/orders')).textOf('.acting-for')).toBe('Anna Kowalska');
    const page = await visitor.get('/account/switch');
    expect(page.texts('.setting[data-id] strong')).toEqual(['Anna Kowalska', 'Nordwind GmbH']);
    const home = await visitor.submit('/account/switch', { customer: String(other.customerId) });
    expect(home.textOf('.acting-for')).toBe('Nordwind GmbH');
    expect(home.money('#balance')).toEqual(['0.00 USD']);
    expect((await visitor.get('/members')).status).toBe(403);
    await visitor.get('/account/switch');
    await visitor.submit('/account/switch', { customer: String(own.customerId) });
    expect((await visitor.get('/members')).status).toBe(200);
  });

  it('still acts for the chosen one after showing the password again', async () => {
    const { other, visitor } = await memberOfTwo();
    await visitor.get('/account/switch');
    await visitor.submit('/account/switch', { customer: String(other.customerId) });
    await visitor.get('/security/confirmation?next=%2Forders');
    const page = await visitor.submit('/security/confirmation', { password: PASSWORD, next: '/orders' });
    expect(page.textOf('.acting-for')).toBe('Nordwind GmbH');
  });

  it('acts for another one when they are removed from the chosen one', async () => {
    const { own, other, visitor } = await memberOfTwo();
    await visitor.get('/account/switch');
    await visitor.submit('/account/switch', { customer: String(other.customerId) });
    await world.db('memberships').where({ customer_id: other.customerId, role: 'reader' }).delete();
    expect((await visitor.get('/orders')).status).toBe(200);
    expect((await visitor.get('/members')).status).toBe(200);
    expect(own.customerId).not.toBe(other.customerId);
  });

  it('sees of each customer only what is that customer’s (security 20)', async () => {
    const { own, other, visitor } = await memberOfTwo();
    const orderId = await world.addActiveOrder(own);
    expect((await visitor.get(`/orders/${orderId}`)).status).toBe(200);
    await visitor.get('/account/switch');
    await visitor.submit('/account/switch', { customer: String(other.customerId) });
    expect((await visitor.get(`/orders/${orderId}`)).status).toBe(404);
  });

  it('cannot send a form that was shown for one of them to the other', async () => {
    const { own, other, visitor } = await memberOfTwo();
    await visitor.get('/profile');
    const { token } = visitor;
    await visitor.get('/account/switch');
    await visitor.submit('/account/switch', { customer: String(other.customerId) });
    const answer = await visitor.agent
      .post('/profile')
      .type('form')
      .set('Origin', world.url)
      .send({ _csrf: token, city: 'Elsewhere' });
    expect(answer.status).toBe(403);
    expect(await world.db('customers').where({ city: 'Elsewhere' })).toEqual([]);
    expect(own.customerId).not.toBe(other.customerId);
  });

  it('switches to no customer that they are no member of', async () => {
    const { visitor } = await memberOfTwo();
    const stranger = await world.addCustomer();
    await visitor.get('/account/switch');
    expect((await visitor.post('/account/switch', { customer: String(stranger.customerId) })).status).toBe(404);
  });

  it('leaves one and keeps the other; who has left all is told so', async () => {
    const { other, visitor } = await memberOfTwo();
    const { id } = await world.db('memberships').where({ customer_id: other.customerId, role: 'reader' }).first('id');
    await visitor.get('/account/switch');
    const page = await visitor.submit(`/account/memberships/${id}/leaving`);
    expect(page.textOf('.flash')).toBe('You have left Nordwind GmbH.');
    const customer = await world.addCustomer();
    const alone = await world.addMember(customer, 'reader');
    const theirs = await world.signIn(alone);
    await theirs.get('/account/switch');
    const membership = await world.db('memberships').where({ user_id: alone.userId }).first('id');
    await theirs.post(`/account/memberships/${membership.id}/leaving`);
    expect((await theirs.get('/')).location).toBe('/security');
    expect((await theirs.get('/security')).textOf('.alert')).toContain('not a member of any customer account');
    expect((await theirs.get('/catalog')).status).toBe(200);
  });

  it('chooses which messages to get for each of them', async () => {
    const { own, other, visitor } = await memberOfTwo();
    await visitor.get('/profile');
    await visitor.post('/profile/preferences', { display_currency: '', notification: 'renewals' });
    const chosen = async ({ customerId }: { customerId: number }, role: string) =>
      (await world.db('memberships').where({ customer_id: customerId, role }).first()).notifications;
    expect(await chosen(own, 'owner')).toEqual(['renewals']);
    expect(await chosen(other, 'reader')).toEqual(['invoices', 'payments', 'renewals', 'news']);
  });
});
