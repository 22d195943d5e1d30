import { listInvoicedOrders } from '../../domain/orders/invoiced-orders-queries.ts';
import type { Money } from '../../domain/money/money.ts';
import { setFlash } from '../../web/flash.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

/**
 * Says what paying these invoices did, with the way on.
 * @param how what a gateway took in for it, and whether one is led to the order's page anyway
 */
export async function setPaidFlash(
  context: CustomerRequest,
  invoiceIds: number[],
  { received, atOrder = false }: { received?: Money; atOrder?: boolean } = {},
) {
  const { db, req, t, viewer } = context;
  const [orders, { moneyText, dayText, nameOf }] = await Promise.all([
    listInvoicedOrders(db, viewer.customerId, invoiceIds),
    context.helpers(),
  ]);
  const [order, ...others] = orders;
  const paid = received
    ? t('invoices.paid.received', { amount: moneyText(received) })
    : t('invoices.paid.paid', { count: invoiceIds.length });
  if (!order) return setFlash(req, 'success', paid);
  if (others.length > 0) {
    const link = { href: '/orders', label: t('invoices.paid.open_orders') };
    const effects = t('invoices.paid.orders', { count: orders.length });
    return setFlash(req, 'success', received ? `${paid} ${effects}` : effects, link);
  }
  const { name, paidUntil, newPlan, addedOptions } = order;
  const runs = order.status === 'active' && paidUntil;
  const effect = newPlan
    ? t('invoices.paid.new_plan', { plan: newPlan })
    : addedOptions
      ? t('invoices.paid.added_options', { options: nameOf(addedOptions) })
      : runs
        ? t('invoices.paid.runs_until', { name, day: dayText(paidUntil) })
        : order.status === 'provisioning'
          ? t('invoices.paid.being_set_up', { name })
          : '';
  const link = { href: `/orders/${order.id}`, label: t('invoices.paid.open_order') };
  return setFlash(req, 'success', [paid, effect].filter(Boolean).join(' '), atOrder ? undefined : link);
}
