import type { Clock } from '../clock.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Seller } from '../invoices/invoice.ts';
import { placeOrder, type NewOrder } from './place-order.ts';
import type { PlacedOrder } from './placed-order-queries.ts';

/** A customer orders a server, in one transaction. Throws what `placeOrder` throws. */
export function orderServer(db: Db, clock: Clock, seller: Seller, order: NewOrder): Promise<PlacedOrder> {
  return inTransaction(db, (trx) => placeOrder(trx, clock, seller, order));
}
