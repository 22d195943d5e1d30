import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertRow } from '../../../src/platform/db/insert-rows.ts';
import { breakInserts } from '../../support/break-inserts.ts';
import type { TestCustomer } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let orderId: number;
beforeAll(async () => {
  world = await createWorld();
  customer = await world.addCustomer();
  orderId = await world.addActiveOrder(customer, { plan: 'vps-2' });
  world.clock.set('2026-04-05T08:00:00Z');
});
afterAll(() => world.close());

describe('the staff page of a billing run', () => {
  it('says what a run did, with links, and lets staff run one, which is audited (S2)', async () => {
    const staff = await world.signIn(await world.addStaff('billing'));
    await staff.get('/staff/billing');
    const page = await staff.submit('/staff/billing', { day: '2026-04-05' });
    const [newest = ''] = page.texts('tbody tr');
    expect(newest).toContain('Invoiced 1');
    expect(newest).toContain('Done');
    const address = page.link('tbody tr:first-child th a');
    const run = await staff.get(address);
    expect(run.$('tr[data-action=issued]').text()).toContain(String(orderId));
    expect(run.link('tr[data-action=issued] a')).toBe(`/staff/customers/${customer.customerId}`);
    const filtered = await staff.get(`${address}?action=reminded`);
    expect(filtered.attributes('tbody tr', 'data-action')).toEqual(['reminded']);
    expect((await staff.get('/staff/audit')).text).toContain('Billing run requested');
    expect((await staff.get('/staff/billing/999')).status).toBe(404);
  });

  it('lets staff try a failure again, until it goes well', async () => {
    const another = await world.addCustomer();
    await world.addActiveOrder(another, { plan: 'vps-2' });
    world.clock.set('2026-05-01T08:00:00Z');
    await breakInserts(world.owner, 'invoices', `raise exception 'no number is left'`);
    const { runId, failures } = await world.runCalendar('2026-05-01');
    const staff = await world.signIn(await world.addStaff('billing'));
    const page = await staff.get(`/staff/billing/${runId}`);
    expect(page.$('#failures tbody tr')).toHaveLength(failures);
    const retry = page.attribute('#failures form', 'action');
    const again = await staff.submit(retry, {});
    expect(again.textOf('#failures tbody tr:first-child')).toContain('no number is left');
    expect(again.$('#failures form').length).toBeGreaterThan(0);
    await world.owner.raw('drop trigger test_break on invoices');
    const well = await staff.submit(retry, {});
    expect(well.textOf('.flash')).toContain('went well');
    expect(well.attributes('#failures form', 'action')).not.toContain(retry);
    expect((await staff.post(`/staff/billing/${runId}/failures/999999/retry`, {})).status).toBe(404);
  });

  it('says what a run of an older version did in the words of today', async () => {
    const { db } = world;
    const at = world.clock.now();
    const done = { state: 'done', started_by: 'schedule', started_at: at, finished_at: at };
    const runId = await insertRow(db, 'billing_runs', { ...done, day: '2026-04-04', at_day: '2026-04-04' });
    const about = { run_id: runId, day: '2026-04-04', customer_id: customer.customerId };
    await db('billing_run_items').insert({ ...about, action: 'given_up' });
    await db('billing_failures').insert({ ...about, at, step: 'given_up', subject_id: orderId, message: 'no answer' });
    const staff = await world.signIn(await world.addStaff('support'));
    const page = await staff.get(`/staff/billing/${runId}?action=unpaid_cancelled`);
    expect(page.attributes('tbody tr', 'data-action')).toContain('unpaid_cancelled');
    expect(page.text).not.toContain('given_up');
    expect((await staff.get('/staff/billing')).texts('tbody tr')).toContainEqual(
      expect.stringContaining('Not paid in'),
    );
  });
});
