import { z } from 'zod';
import { countPaymentHistory, listPaymentHistory } from '../../domain/payments/payment-queries.ts';
import { choice, linksOf, listFields, paging } from '../../web/list-address.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

const { page, per } = listFields(['date'], 'date', 'desc');
const Query = z.object({ page, per, direction: choice(['in', 'out']) });

/** Every payment in and out: the second tab of the invoices. */
export async function showPaymentHistory(context: CustomerRequest) {
  const { db, req, t, viewer } = context;
  const query = Query.parse(req.query);
  const filter = { customerId: viewer.customerId, direction: query.direction };
  const position = paging(await countPaymentHistory(db, filter), query);
  await renderPage(context, 'invoices/payment-history', {
    title: t('payments.title'),
    payments: await listPaymentHistory(db, filter, { limit: position.per, offset: position.offset }),
    query,
    paging: position,
    href: linksOf('/invoices/payments', query),
  });
}
