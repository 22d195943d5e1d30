import { z } from 'zod';
import { STAFF_ORDER_SORTS, staffOrders } from '../../domain/desk/order-list-queries.ts';
import { streamFound } from '../../domain/desk/staff-list.ts';
import { listPlanNames } from '../../domain/catalog/plan-queries.ts';
import { SHOWN_ORDER_STATUSES, type ShownOrderStatus } from '../../domain/orders/order.ts';
import { choice, codeField, dayField, idField, listFields } from '../../web/list-address.ts';
import { csvTime, sendCsv } from '../../web/rendering/csv.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { readStaffList } from './read-staff-list.ts';

const SWITCH = ['on', 'off'] as const;

const Query = z.object({
  ...listFields([...STAFF_ORDER_SORTS], 'id', 'desc'),
  status: choice(SHOWN_ORDER_STATUSES as [ShownOrderStatus, ...ShownOrderStatus[]]),
  category: codeField,
  plan: codeField,
  location: codeField,
  customer: idField,
  paid_from: dayField,
  paid_to: dayField,
  auto_renewal: choice(SWITCH),
});

function asked({ req, clock }: StaffRequest) {
  const query = Query.parse(req.query);
  const { paid_from: paidFrom, paid_to: paidTo, auto_renewal: renewal, ...rest } = query;
  const autoRenewal = renewal && renewal === 'on';
  return { query, filter: { ...rest, paidFrom, paidTo, autoRenewal }, list: staffOrders(clock.today()) };
}

export async function showStaffOrders(context: StaffRequest) {
  await renderPage(context, 'staff/orders', await staffOrdersPage(context));
}

async function staffOrdersPage(context: StaffRequest) {
  const { query, filter, list } = asked(context);
  const [{ plans, locations }, catalog] = await Promise.all([listPlanNames(context.db), context.catalog.current()]);
  return {
    title: context.t('staff.orders.title'),
    ...(await readStaffList(context, list, query, filter)),
    query,
    statuses: SHOWN_ORDER_STATUSES,
    categories: catalog.all,
    switch: SWITCH,
    plans,
    locations,
  };
}
export type StaffOrdersPage = PageOf<typeof staffOrdersPage>;

export async function downloadStaffOrders(context: StaffRequest) {
  const { db, t, config } = context;
  const { query, filter, list } = asked(context);
  const time = csvTime(config.timeZone);
  const { nameOf } = await context.helpers();
  await sendCsv(context, {
    name: 'orders',
    items: streamFound(db, list, filter, query),
    label: (column) =>
      column === 'customer' || column === 'customer_name' || column === 'auto_renewal' || column === 'location'
        ? t(`staff.orders.column.${column}`)
        : t(`terms.order_field.${column}`),
    columns: {
      id: (order) => order.id,
      customer: (order) => order.customerId,
      customer_name: (order) => order.customer,
      plan: (order) => order.plan,
      location: (order) => nameOf(order.location),
      ip: (order) => order.ip ?? '',
      hostname: (order) => order.hostname,
      paid_until: (order) => order.paidUntil ?? '',
      days_left: (order) => order.daysLeft,
      status: (order) => t(`terms.order_status.${order.status}`),
      auto_renewal: (order) => t(order.autoRenewal ? 'common.on' : 'common.off'),
      price: (order) => order.price,
      currency: (order) => order.price.currency,
      period: (order) => order.periodMonths,
      created: (order) => time(order.createdAt),
    },
  });
}
