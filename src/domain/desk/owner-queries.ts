import type { Db } from '../../platform/db/database.ts';
import { NotFound } from '../errors.ts';
import { CUSTOMER_NAME } from '../identity/user-queries.ts';

/** Whose something is. */
export interface Owner {
  customerId: number;
  /** Empty while the profile is. */
  name: string;
}

/** The customer of an order, an invoice or a payment, for staff who come by its number. @throws {NotFound} */
export async function getOwner(db: Db, table: 'orders' | 'invoices' | 'payments', id: number): Promise<Owner> {
  const row = await db(`${table} as x`)
    .join('customers as c', 'c.id', 'x.customer_id')
    .where({ 'x.id': id })
    .first<{ id: number; name: string | null } | undefined>('c.id', db.raw(`${CUSTOMER_NAME} as name`));
  if (!row) throw new NotFound();
  return { customerId: row.id, name: row.name ?? '' };
}
