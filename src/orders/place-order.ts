import { addDays, type Clock } from '../clock.ts';
import { getPricedPlan } from '../catalog/plan-queries.ts';
import { getCustomer } from '../customers/customer-queries.ts';
import type { Transaction } from '../db/database.ts';
import { issueInvoice, type IssuedInvoice } from '../invoices/issue-invoice.ts';
import type { Seller } from '../invoices/invoice.ts';
import { recordOrderEvent } from './record-order-event.ts';

/** New orders' invoices are due in so many days (rule I9). */
const NEW_ORDER_DUE_DAYS = 7;

export interface NewOrder {
  customerId: number;
  /** The plan's code. */
  plan: string;
  months: number;
  hostname: string;
  os: string;
  serviceName?: string;
  comment?: string;
}

/**
 * Adds an order that awaits its payment, and the invoice that pays it, at the plan's price of today.
 * @throws {NotFound} when the plan is not offered for that period in the account currency
 */
export async function placeOrder(
  trx: Transaction,
  clock: Clock,
  seller: Seller,
  order: NewOrder,
): Promise<{ orderId: number; invoice: IssuedInvoice }> {
  const { accountCurrency } = await getCustomer(trx, order.customerId);
  const plan = await getPricedPlan(trx, {
    code: order.plan,
    currency: accountCurrency,
    months: order.months,
  });
  const [row] = await trx('orders')
    .insert({
      customer_id: order.customerId,
      plan_id: plan.id,
      status: 'awaiting_payment',
      hostname: order.hostname,
      os: order.os,
      service_name: order.serviceName ?? '',
      comment: order.comment ?? '',
      period_months: order.months,
      price: plan.price.toDatabase(),
      currency: accountCurrency,
      created_at: clock.now(),
    })
    .returning<{ id: number }[]>('id');
  const orderId = row?.id as number;
  const invoice = await issueInvoice(trx, clock, {
    customerId: order.customerId,
    kind: 'service',
    currency: accountCurrency,
    dueOn: addDays(clock.today(), NEW_ORDER_DUE_DAYS),
    seller,
    lines: [
      {
        kind: 'new_order',
        orderId,
        months: order.months,
        periodFrom: null,
        periodTo: null,
        amount: plan.price,
        details: { plan: plan.name, hostname: order.hostname },
      },
    ],
  });
  await recordOrderEvent(trx, clock, {
    orderId,
    customerId: order.customerId,
    kind: 'placed',
    details: { plan: plan.name, months: order.months },
    invoiceId: invoice.id,
  });
  return { orderId, invoice };
}
