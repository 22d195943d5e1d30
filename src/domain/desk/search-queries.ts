import type { Db } from '../../platform/db/database.ts';
import type { Clock } from '../../platform/clock.ts';
import { findAddress, type FoundAddress } from '../networks/network-queries.ts';
import type { StaffRight } from '../identity/rights.ts';
import { type StaffCustomer, staffCustomers } from './customer-list-queries.ts';
import { type StaffInvoice, staffInvoices } from './invoice-list-queries.ts';
import { type StaffOrder, staffOrders } from './order-list-queries.ts';
import { type StaffPayment, staffPayments } from './payment-list-queries.ts';
import { searchTerm } from './search-term.ts';
import { listFound } from './staff-list.ts';
import { type StaffUser, staffUsers } from './user-list-queries.ts';

/** Of each group so many are shown. */
export const FOUND_SHOWN = 5;

/** What a search has found; a group that the rights do not include, or that has nothing, is empty. */
export interface Found {
  customers: StaffCustomer[];
  users: StaffUser[];
  orders: StaffOrder[];
  invoices: StaffInvoice[];
  payments: StaffPayment[];
  /** An address of one of the networks that no order has. */
  addresses: FoundAddress[];
}

/** Shorter texts find too much; a number of one figure is a number all the same. */
const LEAST_LETTERS = 2;

/**
 * Everything that a text may be: a number, an e-mail, a name, an address, a hostname, a reference. Each group holds one
 * more than are shown where there are more.
 */
export async function findEverything(
  db: Db,
  typed: string,
  { rights, clock, timeZone }: { rights: ReadonlySet<StaffRight>; clock: Clock; timeZone: string },
): Promise<Found> {
  const term = searchTerm(typed);
  const today = clock.today();
  const q = term.text;
  const may = (right: StaffRight) => rights.has(right);
  const window = { limit: FOUND_SHOWN + 1, offset: 0, dir: 'desc' } as const;
  const isLong = q.length >= LEAST_LETTERS || term.id !== null;
  const isWord = isLong && term.id === null && term.ip === null && term.invoice === null;
  const [customers, users, orders, invoices, payments, addresses] = await Promise.all([
    isLong && may('customers:view')
      ? listFound(db, staffCustomers(today), { q, timeZone }, { ...window, sort: 'id' })
      : [],
    isWord && may('customers:view')
      ? listFound(db, staffUsers, { q, ...(!may('staff:view') && { kind: 'member' }) }, { ...window, sort: 'id' })
      : [],
    isLong && may('orders:view') ? listFound(db, staffOrders(today), { q }, { ...window, sort: 'id' }) : [],
    (term.invoice || term.id !== null) && may('money:view')
      ? listFound(db, staffInvoices(today), { q, timeZone }, { ...window, sort: 'issued' })
      : [],
    isLong && term.id === null && may('money:view')
      ? listFound(db, staffPayments, { q, timeZone }, { ...window, sort: 'started' })
      : [],
    term.ip !== null && may('catalog:view') ? findAddress(db, clock, term.ip) : [],
  ]);
  return { customers, users, orders, invoices, payments, addresses: orders.length > 0 ? [] : addresses };
}

/** Where an exact number leads at once: the one order or invoice, or the one payment with that reference. */
export function exactHit({ orders, invoices, payments }: Found, typed: string): string | null {
  const term = searchTerm(typed);
  const [order, ...otherOrders] = orders;
  if (order && otherOrders.length === 0 && (order.id === term.id || (term.ip !== null && order.ip === term.ip)))
    return `/staff/orders/${order.id}`;
  const [invoice] = invoices;
  if (invoice && term.invoice) return `/staff/invoices/${invoice.id}`;
  const [payment] = payments;
  return payment?.reference === term.text ? `/staff/payments/${payment.id}` : null;
}
