import { addDays } from '../../src/platform/clock.ts';
import { type Billing, billingOf } from './billing.ts';
import { type Orders, ordersOf } from './orders.ts';
import { type Payments, paymentsOf } from './payments.ts';
import { type People, peopleOf } from './people.ts';
import { openPortal, type Portal, type PortalOptions } from './portal.ts';

/** What a test file works with: a portal of its own, with the people, orders and payments that the tests add to it. */
export type World = Portal & People & Payments & Orders & Billing & Shortcuts;

interface Shortcuts {
  daysFromToday(days: number): string;
  /** Opens every connection of the pool, so that what a test then starts at once does run at once. */
  openConnections(): Promise<void>;
}

export async function createWorld(options: PortalOptions = {}): Promise<World> {
  const portal = await openPortal(options);
  const people = peopleOf(portal);
  const payments = paymentsOf(portal);
  const orders = ordersOf({ ...portal, ...people, ...payments });
  return { ...portal, ...people, ...payments, ...orders, ...billingOf(portal), ...shortcutsOf(portal) };
}

const shortcutsOf = ({ clock, db }: Portal): Shortcuts => ({
  daysFromToday: (days) => addDays(clock.today(), days),

  async openConnections() {
    const { pool } = db.client as { pool: { max: number } };
    const opened = await Promise.all(
      Array.from({ length: pool.max }, () => db.client.acquireConnection() as Promise<unknown>),
    );
    await Promise.all(opened.map((connection) => db.client.releaseConnection(connection) as Promise<void>));
  },
});
