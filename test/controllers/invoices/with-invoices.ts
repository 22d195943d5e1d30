import { NOW } from '../../support/clock.ts';
import { report } from '../../support/webhook.ts';
import type { World } from '../../support/world.ts';

export type CustomerWithInvoices = Awaited<ReturnType<typeof addCustomerWithInvoices>>;

/** A customer with an invoice of each kind: overdue, paid, of a renewal, still to be paid, and a top-up in dollars. */
export async function addCustomerWithInvoices(world: World) {
  await world.storeRates({ USD: '1.0705' });
  const customer = await world.addCustomer();
  world.clock.set('2026-01-10T10:00:00Z');
  const { invoice: overdue } = await world.placeOrder(customer, { plan: 'vps-1' });
  world.clock.set(NOW);
  const orderId = await world.addActiveOrder(customer, { plan: 'vps-4', months: 3 });
  const renewal = await world.issueRenewal(customer, orderId);
  const { invoice: open } = await world.placeOrder(customer, { plan: 'vps-2' });
  await report(world, await world.startTopUp(customer, '50.00', 'USD'));
  return { customer, orderId, invoices: { overdue, renewal, open } };
}
