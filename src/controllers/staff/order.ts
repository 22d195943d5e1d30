import { systemName } from '../../domain/catalog/operating-systems.ts';
import { findLeftOut, type LeavingOut, listLeavingOuts } from '../../domain/billing/left-out-queries.ts';
import { listFurtherAddresses } from '../../domain/networks/network-queries.ts';
import { getOwner } from '../../domain/desk/owner-queries.ts';
import { listInvoicesOfOrder } from '../../domain/invoices/invoice-queries.ts';
import { suspensionDatesOf } from '../../domain/orders/billing-terms.ts';
import { listOptionsInService } from '../../domain/orders/order-option-queries.ts';
import { getOrderForCustomer, listOrderHistory, type OrderHistoryEntry } from '../../domain/orders/order-queries.ts';
import { parseId } from '../../web/parse-request.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { eventText } from '../orders/order-event-text.ts';
import type { TimelineItem } from './timeline.ts';

/** One order: what it is, what happens next, its invoices, and everything that happened to it. */
export async function showStaffOrder(context: StaffRequest) {
  await renderPage(context, 'staff/order', await staffOrderPage(context));
}

async function staffOrderPage(context: StaffRequest) {
  const { db, clock, req, t, locale, viewer } = context;
  const today = clock.today();
  const orderId = parseId(req.params['id']);
  const owner = await getOwner(db, 'orders', orderId);
  const order = await getOrderForCustomer(db, owner.customerId, orderId, today);
  const [invoices, history, catalog, options, further, leftOut, leavingOuts, helpers] = await Promise.all([
    viewer.rights.has('money:view') ? listInvoicesOfOrder(db, owner.customerId, orderId, today) : [],
    listOrderHistory(db, orderId, { naming: 'everybody' }),
    context.catalog.current(),
    listOptionsInService(db, orderId, today),
    listFurtherAddresses(db, orderId),
    findLeftOut(db, orderId, today),
    listLeavingOuts(db, orderId),
    context.helpers(),
  ]);
  return {
    title: t('common.order_number', { id: order.id }),
    name: order.hostname || order.serviceName || t('common.order_number', { id: order.id }),
    order,
    owner,
    invoices,
    // While it is left out, those days would not be kept.
    dates: leftOut ? null : suspensionDatesOf(order, catalog.get(order.category)),
    further,
    leftOut,
    options: options.map(({ names }) => names[locale] ?? '').join(', '),
    system: systemName(order.os),
    autoRenewal: order.autoRenewal ?? order.accountAutoRenewal,
    timeline: [
      ...history.map((event) => timelineItem(event, helpers)),
      ...leavingOuts.map((leaving) => leavingItem(leaving, helpers)),
    ].toSorted((a, b) => b.at.getTime() - a.at.getTime()),
  };
}
export type StaffOrderPage = PageOf<typeof staffOrderPage>;

const timelineItem = (event: OrderHistoryEntry, helpers: ViewHelpers): TimelineItem => ({
  at: event.at,
  text: eventText(event, helpers),
  actor: event.by === null ? 'system' : event.byStaff ? 'staff' : 'customer',
  by: event.by,
  invoice: event.invoice,
});

const leavingItem = ({ at, by, until, reason }: LeavingOut, { t, dayText }: ViewHelpers): TimelineItem => ({
  at,
  text:
    until === null
      ? t('staff.leaving_out.was_put_back')
      : `${t('staff.leaving_out.until_day', { day: dayText(until) })}: ${reason}`,
  actor: 'staff',
  by,
  invoice: null,
});
