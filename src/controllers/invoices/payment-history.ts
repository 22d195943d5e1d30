import { z } from 'zod';
import { countPaymentHistory, listPaymentHistory } from '../../domain/payments/payment-queries.ts';
import { choice, linksOf, listFields } from '../../web/list-address.ts';
import { readPage } from '../../web/read-page.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

const DIRECTIONS = ['in', 'out'] as const;
const { page, per } = listFields(['date'], 'date', 'desc');
const Query = z.object({ page, per, direction: choice(DIRECTIONS) });

/** Every payment in and out: the second tab of the invoices. */
export async function showPaymentHistory(context: CustomerRequest) {
  await renderPage(context, 'invoices/payment-history', await paymentHistoryPage(context));
}

async function paymentHistoryPage({ db, req, t, viewer }: CustomerRequest) {
  const query = Query.parse(req.query);
  const filter = { customerId: viewer.customerId, direction: query.direction };
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
    paging,
    href: linksOf('/invoices/payments', query),
  };
}
export type PaymentHistoryPage = PageOf<typeof paymentHistoryPage>;
