import type { Day } from '../../../platform/clock.ts';
import type { Transaction } from '../../../platform/db/database.ts';
import { Money } from '../../money/money.ts';
import { INVOICE_DAYS, MOST_INVOICE_DAYS } from '../../orders/billing-terms.ts';
import { RENEWABLE } from '../../orders/order.ts';
import { lockPayingAccounts, type PayingAccount } from './lock-paying-accounts.ts';
import { NOT_LEFT_OUT, type StepContext } from './step.ts';

/**
 * Invoices of nothing but renewals, from the day on which its category is invoiced, where each of the orders renews
 * itself, by its own setting or its account's, and still can be renewed for the days of its line.
 */
export const PAYABLE_RENEWALS = `i.status = 'unpaid'
  and i.kind = 'service'
  and i.due_on <= cast(:day as date) + ${MOST_INVOICE_DAYS}
  and not exists (
    select
    from invoice_lines l
    join orders o on o.id = l.order_id
    join customers c on c.id = o.customer_id
    where l.invoice_id = i.id
      and not (
        l.kind in ('renewal', 'option')
        and coalesce(o.auto_renewal, c.auto_renewal)
        and not o.ends_at_period
        and l.period_from = o.paid_until + 1
        and i.due_on <= cast(:day as date) + ${INVOICE_DAYS}
        and ${RENEWABLE}
        and ${NOT_LEFT_OUT}
      )
  )`;

/** What a renewal does to one order. */
interface RenewedOrder {
  orderId: number;
  plan: string;
  category: string;
  hostname: string;
  months: number;
  anchorOn: Day;
  paidMonths: number;
  paidUntil: Day;
  suspended: boolean;
}

export interface DueRenewal {
  invoiceId: number;
  number: string;
  customerId: number;
  total: Money;
  /** The customer's, which their other renewals share. */
  account: PayingAccount;
  orders: RenewedOrder[];
}

/**
 * Locks invoices, customers, ledger accounts and orders, in the order in which every command locks, and looks again at
 * which renewals are due; those due first come first. Upgrades that wait for the same orders are locked with them.
 */
export async function lockDueRenewals(
  trx: Transaction,
  { clock, day }: Pick<StepContext, 'clock' | 'day'>,
  ids: number[],
): Promise<DueRenewal[]> {
  const orderIds = await trx('invoice_lines').whereIn('invoice_id', ids).distinct().pluck<number[]>('order_id');
  const upgrades = await trx('invoice_lines')
    .whereRaw('order_id = any(?)', [orderIds])
    .where({ kind: 'plan_change' })
    .pluck<number[]>('invoice_id');
  const invoices = await trx('invoices')
    .whereRaw('id = any(?)', [[...ids, ...upgrades]])
    .where({ status: 'unpaid' })
    .orderBy('id')
    .forUpdate()
    .select<{ customer_id: number }[]>('customer_id');
  const customerIds = [...new Set(invoices.map(({ customer_id }) => customer_id))];
  const accounts = await lockPayingAccounts(trx, clock, customerIds);
  await trx('orders').whereRaw('id = any(?)', [orderIds]).orderBy('id').forUpdate().select('id');
  return listDueRenewals(trx, day, ids, accounts);
}

type DueRenewalRow = RenewedOrder & {
  invoice_id: number;
  number: string;
  customer_id: number;
  total: string;
  currency: string;
};

async function listDueRenewals(
  trx: Transaction,
  day: Day,
  ids: number[],
  accounts: Map<number, PayingAccount>,
): Promise<DueRenewal[]> {
  const { rows } = await trx.raw<{ rows: DueRenewalRow[] }>(
    `select i.id as invoice_id, i.number, i.customer_id, i.total, i.currency,
       o.id as "orderId", p.name as plan, p.category, o.hostname, l.months, o.anchor_on as "anchorOn",
       o.paid_months as "paidMonths", o.paid_until as "paidUntil", o.status = 'suspended' as suspended
     from invoices i
     join invoice_lines l on l.invoice_id = i.id and l.kind = 'renewal'
     join orders o on o.id = l.order_id
     join plans p on p.id = o.plan_id
     where i.id = any(:ids)
       and ${PAYABLE_RENEWALS}
     order by i.customer_id, i.due_on, i.id, o.id`,
    { ids, day },
  );
  const renewals = new Map<number, DueRenewal>();
  for (const { invoice_id, number, customer_id, total, currency, ...order } of rows) {
    const account = accounts.get(customer_id);
    if (!account) throw new Error(`Customer ${customer_id} has no ledger account`);
    const known = renewals.get(invoice_id);
    if (known) known.orders.push(order);
    else
      renewals.set(invoice_id, {
        invoiceId: invoice_id,
        number,
        customerId: customer_id,
        total: Money.of(total, currency),
        account,
        orders: [order],
      });
  }
  return [...renewals.values()];
}
