import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let support: Visitor;
beforeAll(async () => {
  world = await createWorld();
  await world.placeOrder(await world.addCustomer());
  const [mail] = await world.owner('mails').select('*').limit(1);
  const { id: _, ...rest } = mail;
  await world
    .owner('mails')
    .insert({ ...rest, data: '{}', kind: 'reminder', state: 'failed', last_error: 'no such mailbox' });
  support = await world.signIn(await world.addStaff('support'));
});
afterAll(() => world.close());

const states = async (query: string) =>
  (await support.get(`/staff/mails?${query}`)).attributes('tbody tr', 'data-status');

describe('mails that were sent (desk b3)', () => {
  it('are listed with their kind, recipient and state, and why they failed, but not with what they say', async () => {
    const page = await support.get('/staff/mails');
    expect(page.texts('tbody tr')).toHaveLength(2);
    expect(page.textOf('tr[data-status=failed]')).toContain('no such mailbox');
    expect(page.text).not.toContain('web.example.com');
  });

  it('are filtered by state, kind and recipient', async () => {
    expect(await states('troubled=1')).toEqual(['failed']);
    expect(await states('kind=order_placed')).toEqual(['waiting']);
    expect(await states('q=CUSTOMER')).toHaveLength(2);
    expect(await states('q=nobody')).toEqual([]);
  });
});
