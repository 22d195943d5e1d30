import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { removeMember } from '../../../src/domain/accounts/manage-members.ts';
import { lockMember } from '../../../src/domain/identity/members.ts';
import { linkTo } from '../../support/links.ts';
import { meanwhile } from '../../support/meanwhile.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
afterEach(async () => {
  await world.db('throttles').delete();
});

const idOf = async (customerId: number, email: string) =>
  (
    await world
      .db('memberships as m')
      .join('users as u', 'u.id', 'm.user_id')
      .where({ 'm.customer_id': customerId, email })
      .first('m.id')
  ).id as number;

async function owner() {
  const customer = await world.addCustomer({ balance: '500.00' });
  const visitor = await world.signIn(customer);
  await visitor.get('/members');
  return { ...customer, visitor };
}

describe('the members of a customer', () => {
  it('are listed with role and what they may besides', async () => {
    const { visitor, email, ...customer } = await owner();
    const other = await world.addMember(customer, 'technical', ['orders:place']);
    const page = await visitor.get('/members');
    const rows = page.cells('tbody tr').map(([who, role]) => [who, role]);
    expect(rows).toEqual([
      [`${email} you`, 'Owner'],
      [other.email, 'Technical Order servers and options, change plans'],
    ]);
  });

  it('are invited by mail, whoever that is, without a word on whether there is an account', async () => {
    const { visitor } = await owner();
    const known = await world.addCustomer();
    for (const email of [known.email, 'unknown@example.com']) {
      await visitor.get('/members');
      const page = await visitor.submit('/members/invitations', { email, role: 'reader' });
      expect(page.textOf('.flash')).toBe(`An invitation is on its way to ${email}.`);
      expect(await linkTo(world, email, 'member_invited')).toMatch(/^\/invitations\/[\w-]{43}$/);
    }
  });

  it('get a role and lose it, from the next request on (security 22)', async () => {
    const { visitor, ...customer } = await owner();
    const other = await world.addMember(customer, 'billing');
    const theirs = await world.signIn(other);
    expect((await theirs.get('/top-ups/new')).status).toBe(200);
    const id = await idOf(customer.customerId, other.email);
    await visitor.get('/members');
    await visitor.submit(`/members/${id}/role`, { role: 'reader' });
    expect((await theirs.get('/top-ups/new')).status).toBe(403);
    await visitor.get('/members');
    await visitor.submit(`/members/${id}/removal`);
    expect((await theirs.get('/orders')).status).toBe(403);
    expect((await theirs.get('/')).location).toBe('/security');
    expect(await world.db('mails').where({ recipient: other.email }).orderBy('id').pluck('kind')).toEqual([
      'member_changed',
      'member_removed',
    ]);
  });

  it('always have an owner among them', async () => {
    const { visitor, email, customerId } = await owner();
    const id = await idOf(customerId, email);
    for (const [path, fields] of [
      [`/members/${id}/role`, { role: 'reader' }],
      [`/members/${id}/removal`, {}],
      [`/account/memberships/${id}/leaving`, {}],
    ] as const) {
      await visitor.get('/members');
      const page = await visitor.submit(path, fields);
      expect(page.textOf('.flash')).toBe('An account needs an owner. Make somebody else one first.');
    }
    expect(await world.db('memberships').where({ id, role: 'owner' })).toHaveLength(1);
  });

  it('keep an owner also when all of them leave at the same moment', async () => {
    const customer = await world.addCustomer();
    for (let count = 0; count < 7; count++) await world.addMember(customer, 'owner');
    const { customerId } = customer;
    const members = await world.db('memberships').where({ customer_id: customerId }).select('id', 'user_id');
    await world.openConnections();
    const left = await Promise.allSettled(
      members.map(({ id, user_id: by }) =>
        removeMember(world.services, { customerId, membershipId: id, by, account: '' }),
      ),
    );
    expect(left.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
    expect(await world.db('memberships').where({ customer_id: customerId, role: 'owner' })).toHaveLength(1);
  });

  it('keep an owner also when another one is made a reader at that very moment', async () => {
    const customer = await world.addCustomer();
    const { customerId } = customer;
    const second = await world.addMember(customer, 'owner');
    const [first, other] = await Promise.all([idOf(customerId, customer.email), idOf(customerId, second.email)]);
    const outcome = await meanwhile(
      world,
      async (trx) => {
        await lockMember(trx, { customerId, membershipId: first });
        await trx('memberships').where({ id: first }).update({ role: 'reader' });
      },
      () => removeMember(world.services, { customerId, membershipId: other, by: second.userId, account: '' }),
    );
    expect(outcome.status).toBe('rejected');
    expect(await world.db('memberships').where({ id: other, role: 'owner' })).toHaveLength(1);
  });

  it('of another customer are 404 (security 20)', async () => {
    const { visitor } = await owner();
    const other = await world.addCustomer();
    const id = await idOf(other.customerId, other.email);
    await visitor.get('/members');
    for (const path of [`/members/${id}/role`, `/members/${id}/removal`, `/account/memberships/${id}/leaving`]) {
      expect([path, (await visitor.post(path, { role: 'reader' })).status]).toEqual([path, 404]);
      await visitor.get('/members');
    }
  });

  it('are changed by somebody who has just shown the password only (security 8)', async () => {
    const { visitor } = await owner();
    world.clock.advanceMinutes(11);
    await visitor.get('/members');
    const asked = await visitor.post('/members/invitations', { email: 'a@example.com', role: 'reader' });
    expect(asked.location).toBe('/security/confirmation?next=%2Fmembers');
  });

  it.each(['no address', ''])('are not invited at %j; what was typed is kept', async (email) => {
    const { visitor } = await owner();
    const refused = await visitor.post('/members/invitations', { email, role: 'technical' });
    expect(refused.status).toBe(422);
    expect(refused.textOf('#email-error')).toContain('Enter an e-mail address');
    expect(refused.attribute('#role option[selected]', 'value')).toBe('technical');
  });

  it('are not invited twice', async () => {
    const { visitor, ...customer } = await owner();
    const other = await world.addMember(customer, 'reader');
    const refused = await visitor.post('/members/invitations', { email: other.email, role: 'owner' });
    expect(refused.textOf('.alert-bad')).toBe('This person is a member already.');
  });
});

describe('an invitation', () => {
  it('that is withdrawn does nothing any more', async () => {
    const { visitor } = await owner();
    await visitor.submit('/members/invitations', { email: 'b@example.com', role: 'owner' });
    const link = await linkTo(world, 'b@example.com', 'member_invited');
    const page = await visitor.get('/members');
    const id = page.attribute('.setting[data-id]', 'data-id');
    await visitor.submit(`/members/invitations/${id}/withdrawal`);
    expect((await world.visitor().get(link)).status).toBe(410);
  });

  it('of somebody who is no owner any more does nothing', async () => {
    const { visitor, ...customer } = await owner();
    const second = await world.addMember(customer, 'owner');
    const theirs = await world.signIn(second);
    await theirs.get('/members');
    await theirs.submit('/members/invitations', { email: 'c@example.com', role: 'owner' });
    await visitor.get('/members');
    await visitor.submit(`/members/${await idOf(customer.customerId, second.email)}/role`, { role: 'reader' });
    expect((await world.visitor().get(await linkTo(world, 'c@example.com', 'member_invited'))).status).toBe(410);
  });
});

describe('what members do', () => {
  it('is named: who paid an invoice, on the invoice and in the statement', async () => {
    const { visitor, ...customer } = await owner();
    const bookkeeper = await world.addMember(customer, 'billing');
    const { invoice } = await world.placeOrder(customer);
    const theirs = await world.signIn(bookkeeper);
    await theirs.get(`/invoices/${invoice.id}`);
    await theirs.submit(`/invoices/${invoice.id}/payment`, { method: 'balance' });
    expect((await visitor.get(`/invoices/${invoice.id}`)).textOf('.timeline')).toContain(`Paid by ${bookkeeper.email}`);
    expect((await visitor.get('/balance')).textOf('tbody')).toContain(`by ${bookkeeper.email}`);
    expect((await theirs.get('/balance')).textOf('tbody')).not.toContain(bookkeeper.email);
  });

  it('has its limits: a bookkeeper pays and does not order, a technician orders nothing and sees no money', async () => {
    const { visitor: _owner, ...customer } = await owner();
    const orderId = await world.addActiveOrder(customer);
    const bookkeeper = await world.signIn(await world.addMember(customer, 'billing'));
    const order = {
      plan: 'vps-1',
      months: '1',
      hostname: 'a.example.com',
      os: 'debian-13',
      pay: 'later',
      shown_prices: '',
    };
    await bookkeeper.get('/orders/new?plan=vps-1');
    expect((await bookkeeper.post('/orders', order)).status).toBe(403);
    const page = await bookkeeper.get(`/orders/${orderId}`);
    expect(page.$('a[href$="/plan-change"], a[href$="/cancellation"]')).toHaveLength(0);
    expect(page.$(`a[href="/orders/${orderId}/renewal"]`).length).toBeGreaterThan(0);
    const technician = await world.signIn(await world.addMember(customer, 'technical'));
    expect((await technician.get('/')).location).toBe('/orders');
    const orders = await technician.get('/orders');
    expect(orders.$('#balance')).toHaveLength(0);
    expect((await technician.get(`/orders/${orderId}`)).$('a[href^="/invoices"]')).toHaveLength(0);
  });

  it('may be topping up without paying: the balance goes up, and no invoice is paid with it', async () => {
    const { visitor: _owner, ...customer } = await owner();
    const { invoice } = await world.placeOrder(customer);
    const theirs = await world.signIn(await world.addMember(customer, 'technical', ['top-ups']));
    expect((await theirs.get(`/top-ups/new?pays=${invoice.id}`)).$('input[name=pays]')).toHaveLength(0);
    expect((await theirs.post('/top-ups', { amount: '10', currency: 'EUR', pays: String(invoice.id) })).status).toBe(
      403,
    );
    await theirs.get('/top-ups/new');
    expect((await theirs.post('/top-ups', { amount: '10', currency: 'EUR' })).status).toBe(303);
  });

  it('may be ordering without seeing money: the order is placed, and others pay it', async () => {
    const customer = await world.addCustomer({ balance: '500.00' });
    const technician = await world.signIn(await world.addMember(customer, 'technical', ['orders:place']));
    await technician.get('/orders/new?plan=vps-1');
    const placed = await technician.post('/orders', {
      plan: 'vps-1',
      months: '1',
      hostname: 'a.example.com',
      os: 'debian-13',
      pay: 'now',
      shown_prices: '',
    });
    expect(placed.location).toMatch(/^\/orders\/\d+$/);
    expect((await technician.get(placed.location ?? '')).status).toBe(200);
    expect(await world.db('invoices').where({ customer_id: customer.customerId, status: 'unpaid' })).toHaveLength(1);
  });
});

it('an address for invoices gets each new one, and nothing else', async () => {
  const { visitor, ...customer } = await owner();
  await visitor.submit('/members/contacts', { email: 'invoices@example.com' });
  const { invoice } = await world.placeOrder(customer);
  await world.pay(customer, invoice.id);
  expect(await world.db('mails').where({ recipient: 'invoices@example.com' }).pluck('kind')).toEqual(['order_placed']);
  const page = await visitor.get('/members');
  const id = page.attribute('.setting[data-id]', 'data-id');
  await visitor.submit(`/members/contacts/${id}/removal`);
  expect((await visitor.get('/members')).text).not.toContain('invoices@example.com');
});
