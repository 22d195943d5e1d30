import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db/database.ts';
import { inTransaction } from '../platform/db/transaction.ts';
import type { Seller } from '../domain/invoices/invoice.ts';
import { placeOrder, type NewOrder } from '../domain/orders/place-order.ts';
import type { PlacedOrder } from '../domain/orders/placed-order-queries.ts';

/** A customer orders a server, in one transaction. Throws what `placeOrder` throws. */
export function orderServer(db: Db, clock: Clock, seller: Seller, order: NewOrder): Promise<PlacedOrder> {
  return inTransaction(db, (trx) => placeOrder(trx, clock, seller, order));
}
