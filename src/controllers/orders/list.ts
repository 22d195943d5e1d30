import { z } from 'zod';
import { systemName } from '../../domain/catalog/operating-systems.ts';
import { updateOrderColumns } from '../../domain/identity/user-queries.ts';
import type { CustomerViewer } from '../../domain/identity/user-queries.ts';
import { listInvoicesOfOrder } from '../../domain/invoices/invoice-queries.ts';
import { sendCsv } from '../../web/rendering/csv.ts';
import type { Exchange } from '../../web/request-context.ts';
import { choice, listFields, listHref, paging } from '../../web/list-address.ts';
import { localPath, oneOrMore, parseForm, parseId } from '../../web/parse-request.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import { getBillingTerms, suspensionDatesOf } from '../../domain/orders/billing-terms.ts';
import { SHOWN_ORDER_STATUSES, type ShownOrderStatus } from '../../domain/orders/order.ts';
import {
  countOrders,
  countOrdersForHeading,
  listOrders,
  ORDER_SORTS,
  streamOrders,
  type OrderFilter,
} from '../../domain/orders/order-list-queries.ts';
import { listOrderOptions } from '../../domain/orders/order-option-queries.ts';
import { getOrderForCustomer, listOrderHistory } from '../../domain/orders/order-queries.ts';
import { OrderWords, readOrderWords, type WordsFault } from './order-notes-form.ts';

type CustomerExchange = Exchange<CustomerViewer>;

const CATEGORIES = ['vps', 'dedicated'] as const;
const OPTIONAL_COLUMNS = ['service_name', 'comment', 'created'] as const;

const Query = z.object({
  ...listFields([...ORDER_SORTS], 'id', 'desc'),
  status: choice(SHOWN_ORDER_STATUSES as [ShownOrderStatus, ...ShownOrderStatus[]]),
  category: choice(CATEGORIES),
});

function filterOf(exchange: CustomerExchange) {
  const query = Query.parse(exchange.req.query);
  const { q, status, category } = query;
  const filter: OrderFilter = { customerId: exchange.viewer.customerId, q, status, category };
  return { query, filter };
}

export async function showOrders(exchange: CustomerExchange) {
  const { db, clock, t, viewer } = exchange;
  const today = clock.today();
  const { query, filter } = filterOf(exchange);
  const [count, heading] = await Promise.all([
    countOrders(db, filter, today),
    countOrdersForHeading(db, viewer.customerId, today),
  ]);
  const position = paging(count, query);
  const orders = await listOrders(db, filter, today, {
    ...query,
    limit: position.per,
    offset: position.offset,
  });
  await renderPage(exchange, 'orders/list', {
    title: t('orders.title'),
    orders,
    heading,
    query,
    paging: position,
    filtered: query.q !== '' || query.status !== undefined || query.category !== undefined,
    statuses: SHOWN_ORDER_STATUSES,
    categories: CATEGORIES,
    optionalColumns: OPTIONAL_COLUMNS,
    shownColumns: viewer.orderColumns,
    href: (changes: Record<string, string | number | undefined>) => listHref('/orders', query, changes),
    csvHref: listHref('/orders.csv', query, { page: undefined, per: undefined }),
  });
}

export async function downloadOrders(exchange: CustomerExchange) {
  const { db, t, clock } = exchange;
  const { query, filter } = filterOf(exchange);
  const columns = ['id', 'plan', 'ip', 'paid_until', 'days_left', 'status', 'price', 'currency', 'period', 'service_name', 'hostname', 'comment', 'created']; // prettier-ignore
  await sendCsv(exchange, {
    name: 'orders',
    head: columns.map((column) => t(`orders.column.${column}`)),
    items: streamOrders(db, filter, clock.today(), query),
    toCells: (order) => [
      order.id, order.plan, order.ip ?? '', order.paidUntil ?? '', order.daysLeft, t(`order_status.${order.status}`), order.price,
      order.price.currency, order.periodMonths, order.serviceName, order.hostname, order.comment, order.createdAt.toISOString(),
    ],
  }); // prettier-ignore
}

export async function showOrder(exchange: CustomerExchange) {
  const refused = refusedForm(exchange.req, '/orders/:id/comment', OrderWords);
  await renderOrder(exchange, refused && (readOrderWords(refused.typed).fault ?? null));
}

/** Everything about one order; with what was typed when its own words were refused. */
export async function renderOrder(exchange: CustomerExchange, fault: WordsFault | null) {
  const { db, clock, req, t, viewer } = exchange;
  const today = clock.today();
  const order = await getOrderForCustomer(db, viewer.customerId, parseId(req.params['id']), today);
  const [invoices, history, terms, options] = await Promise.all([
    listInvoicesOfOrder(db, viewer.customerId, order.id, today),
    listOrderHistory(db, order.id),
    getBillingTerms(db),
    listOrderOptions(db, order.id),
  ]);
  await renderPage(
    exchange,
    'orders/show',
    {
      title: t('orders.one', { id: order.id }),
      order,
      invoices,
      history,
      options,
      system: systemName(order.os),
      seller: exchange.config.seller,
      suspensionDates: suspensionDatesOf(order, terms[order.category]),
      words: fault?.typed ?? { comment: order.comment, serviceName: order.serviceName },
      faults: fault?.faults ?? [],
    },
    { status: fault ? 422 : 200 },
  );
}

const Columns = z.object({
  column: oneOrMore(z.enum(OPTIONAL_COLUMNS)).optional().catch([]),
  return_to: z.string().optional(),
});

/** The optional columns of the list, kept with the user (rule O1). */
export async function chooseColumns(exchange: CustomerExchange) {
  const { db, req, res, viewer } = exchange;
  const form = parseForm(req.body, Columns);
  await updateOrderColumns(db, viewer.userId, form.column ?? []);
  res.redirect(303, localPath(form.return_to, '/orders'));
}
