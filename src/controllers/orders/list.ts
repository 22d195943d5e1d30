import { z } from 'zod';
import { updateOrderColumns } from '../../domain/identity/update-user.ts';
import {
  countOrders,
  listOrders,
  ORDER_SORTS,
  type OrderFilter,
  streamOrders,
} from '../../domain/orders/order-list-queries.ts';
import { SHOWN_ORDER_STATUSES, type ShownOrderStatus } from '../../domain/orders/order.ts';
import { choice, linksOf, listFields, listHref } from '../../web/list-address.ts';
import { localPath, oneOrMore, parseForm } from '../../web/parse-request.ts';
import { readPage } from '../../web/read-page.ts';
import { sendCsv } from '../../web/rendering/csv.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

const CATEGORIES = ['vps', 'dedicated'] as const;
const OPTIONAL_COLUMNS = ['service_name', 'comment', 'created'] as const;

const Query = z.object({
  ...listFields([...ORDER_SORTS], 'id', 'desc'),
  status: choice(SHOWN_ORDER_STATUSES as [ShownOrderStatus, ...ShownOrderStatus[]]),
  category: choice(CATEGORIES),
});

function filterOf(context: CustomerRequest) {
  const query = Query.parse(context.req.query);
  const { q, status, category } = query;
  const filter: OrderFilter = { customerId: context.viewer.customerId, q, status, category };
  return { query, filter };
}

export async function showOrders(context: CustomerRequest) {
  await renderPage(context, 'orders/list', await ordersPage(context));
}

async function ordersPage(context: CustomerRequest) {
  const { db, clock, t, viewer } = context;
  const today = clock.today();
  const { query, filter } = filterOf(context);
  const { counts, items, paging } = await readPage(
    query,
    () => countOrders(db, filter, today),
    (window) => listOrders(db, filter, today, { ...query, ...window }),
  );
  return {
    title: t('orders.list.title'),
    orders: items,
    counts,
    query,
    paging,
    filtered: query.q !== '' || query.status !== undefined || query.category !== undefined,
    statuses: SHOWN_ORDER_STATUSES,
    categories: CATEGORIES,
    sorts: ORDER_SORTS,
    optionalColumns: OPTIONAL_COLUMNS,
    hiddenColumns: OPTIONAL_COLUMNS.filter((column) => !viewer.orderColumns.includes(column)),
    href: linksOf('/orders', query),
    csvHref: listHref('/orders.csv', query, { page: undefined, per: undefined }),
  };
}
export type OrdersPage = PageOf<typeof ordersPage>;

export async function downloadOrders(context: CustomerRequest) {
  const { db, t, clock } = context;
  const { query, filter } = filterOf(context);
  await sendCsv(context, {
    name: 'orders',
    items: streamOrders(db, filter, clock.today(), query),
    label: (column) => t(`terms.order_field.${column}`),
    columns: {
      id: (order) => order.id,
      plan: (order) => order.plan,
      ip: (order) => order.ip ?? '',
      paid_until: (order) => order.paidUntil ?? '',
      days_left: (order) => order.daysLeft,
      status: (order) => t(`terms.order_status.${order.status}`),
      price: (order) => order.price,
      currency: (order) => order.price.currency,
      period: (order) => order.periodMonths,
      service_name: (order) => order.serviceName,
      hostname: (order) => order.hostname,
      comment: (order) => order.comment,
      created: (order) => order.createdAt.toISOString(),
    },
  });
}

const Columns = z.object({
  column: oneOrMore(z.enum(OPTIONAL_COLUMNS)).optional().catch([]),
  return_to: z.string().optional(),
});

/** The optional columns of the list, kept with the user (rule O1). */
export async function chooseColumns(context: CustomerRequest) {
  const { db, req, res, viewer } = context;
  const form = parseForm(req.body, Columns);
  await updateOrderColumns(db, viewer.userId, form.column ?? []);
  res.redirect(303, localPath(form.return_to, '/orders'));
}
