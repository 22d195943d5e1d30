import { z } from 'zod';
import type { Translate } from '../../platform/i18n/i18n.ts';
import { updateOrderColumns } from '../../domain/identity/update-user.ts';
import {
  countOrders,
  type ListedStatus,
  listOrders,
  ORDER_SORTS,
  type OrderFilter,
  streamOrders,
} from '../../domain/orders/order-list-queries.ts';
import { SHOWN_ORDER_STATUSES, type ShownOrderStatus } from '../../domain/orders/order.ts';
import { choice, codeField, linksOf, listFields, listHref } from '../../web/list-address.ts';
import { localPath, oneOrMore, parseForm } from '../../web/parse-request.ts';
import { readPage } from '../../web/read-page.ts';
import { csvTime, sendCsv } from '../../web/rendering/csv.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

const OPTIONAL_COLUMNS = ['hostname', 'comment', 'created'] as const;

const Query = z.object({
  ...listFields([...ORDER_SORTS], 'attention', 'asc'),
  status: choice(SHOWN_ORDER_STATUSES as [ShownOrderStatus, ...ShownOrderStatus[]]),
  category: codeField,
  attention: choice(['1']),
});

function filterOf(context: CustomerRequest) {
  const query = Query.parse(context.req.query);
  const { q, status, category } = query;
  const filter: OrderFilter = {
    customerId: context.viewer.customerId,
    q,
    status,
    category,
    attention: query.attention === '1',
    statusNames: statusNames(context.t),
  };
  const filters = [status, category, query.attention].filter((value) => value !== undefined).length;
  return { query, filter, filters };
}

/** What the list calls each status, with the reason that stands beneath it. */
function statusNames(t: Translate): Record<ListedStatus, string> {
  const names = SHOWN_ORDER_STATUSES.map((status) => [status, t(`terms.order_status.${status}`)]);
  return { ...Object.fromEntries(names), ending: t('terms.order_ends') } as Record<ListedStatus, string>;
}

export async function showOrders(context: CustomerRequest) {
  await renderPage(context, 'orders/list', await ordersPage(context));
}

async function ordersPage(context: CustomerRequest) {
  const { db, clock, t, viewer } = context;
  const today = clock.today();
  const catalog = await context.catalog.current();
  const { query, filter, filters } = filterOf(context);
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
    filters,
    filtered: query.q !== '' || filters > 0,
    balance: viewer.balance,
    owner: viewer.customerId,
    periods: catalog.periods,
    statuses: SHOWN_ORDER_STATUSES,
    categories: catalog.active,
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
  const time = csvTime(context.config.timeZone);
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
      hostname: (order) => order.hostname,
      service_name: (order) => order.serviceName,
      comment: (order) => order.comment,
      created: (order) => time(order.createdAt),
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
