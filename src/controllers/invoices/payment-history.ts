import { z } from 'zod';
import {
  countPaymentHistory,
  listPaymentHistory,
  type PaymentFilter,
  streamPaymentHistory,
} from '../../domain/payments/payment-queries.ts';
import { choice, dayField, linksOf, listFields, listHref } from '../../web/list-address.ts';
import { readPage } from '../../web/read-page.ts';
import { csvTime, sendCsv } from '../../web/rendering/csv.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

const DIRECTIONS = ['in', 'out'] as const;
const { page, per } = listFields(['date'], 'date', 'desc');
const Query = z.object({ page, per, direction: choice(DIRECTIONS), from: dayField, to: dayField });

function filterOf({ req, viewer, config }: CustomerRequest) {
  const query = Query.parse(req.query);
  const { direction, from, to } = query;
  const filter: PaymentFilter = {
    customerId: viewer.customerId,
    timeZone: config.timeZone,
    direction,
    from,
    to,
  };
  return { query, filter };
}

/** Every payment in and out: the second tab of the invoices. */
export async function showPaymentHistory(context: CustomerRequest) {
  await renderPage(context, 'invoices/payment-history', await paymentHistoryPage(context));
}

async function paymentHistoryPage(context: CustomerRequest) {
  const { db, t } = context;
  const { query, filter } = filterOf(context);
  const { items, paging } = await readPage(
    query,
    () => countPaymentHistory(db, filter),
    (window) => listPaymentHistory(db, filter, window),
  );
  return {
    title: t('invoices.payment_history.title'),
    payments: items,
    directions: DIRECTIONS,
    query,
    filtered: Boolean(query.direction ?? query.from ?? query.to),
    paging,
    href: linksOf('/invoices/payments', query),
    csvHref: listHref('/invoices/payments.csv', query, { page: undefined, per: undefined }),
  };
}
export type PaymentHistoryPage = PageOf<typeof paymentHistoryPage>;

export async function downloadPaymentHistory(context: CustomerRequest) {
  const { db, t, config } = context;
  const { filter } = filterOf(context);
  const time = csvTime(config.timeZone);
  const { methodText } = await context.helpers();
  await sendCsv(context, {
    name: 'payments',
    items: streamPaymentHistory(db, filter),
    label: (column) => t(`terms.payment_field.${column}`),
    columns: {
      date: (payment) => time(payment.at),
      direction: (payment) => t(`terms.payment_direction.${payment.direction}`),
      amount: (payment) => (payment.direction === 'in' ? payment.amount : payment.amount.negated()),
      currency: (payment) => payment.amount.currency,
      method: (payment) => methodText(payment.method),
      invoice: (payment) => payment.invoice.number,
      state: (payment) => t(`terms.payment_state.${payment.state}`),
    },
  });
}
