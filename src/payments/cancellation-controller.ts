import { z } from 'zod';
import { OrderStateRefused, Refusal } from '../errors.ts';
import type { CustomerViewer } from '../identity/user-queries.ts';
import { listInvoicesOfOrder } from '../invoices/invoice-queries.ts';
import { getOrderForCustomer } from '../orders/order-queries.ts';
import type { Exchange } from '../web/exchange.ts';
import { setFlash } from '../web/flash.ts';
import { pageHelpers } from '../web/page-helpers.ts';
import { parseForm, parseId, text } from '../web/parse-request.ts';
import { renderPage } from '../web/render.ts';
import { cancelOrderNow, creditForUnusedDays } from './cancel-order-now.ts';

type CustomerExchange = Exchange<CustomerViewer>;

/** What cancelling does, before it is done: the days that are lost or credited, the invoices that go with it. */
export async function showCancellation(exchange: CustomerExchange) {
  await renderCancellation(exchange, null);
}

const Cancellation = z.object({ when: z.enum(['now']), reason: text(500).catch('') });

export async function submitCancellation(exchange: CustomerExchange) {
  const { req, res, db, clock, viewer, t } = exchange;
  const orderId = parseId(req.params['id']);
  const { reason } = parseForm(req.body, Cancellation);
  const { customerId, userId } = viewer;
  try {
    const { credit } = await cancelOrderNow(db, clock, { customerId, userId, orderId, reason });
    const { moneyText } = await pageHelpers(exchange);
    const words = credit.isPositive ? 'cancellation.done_credited_flash' : 'cancellation.done_flash';
    setFlash(req, 'success', t(words, { id: orderId, amount: moneyText(credit) }));
    res.redirect(303, `/orders/${orderId}`);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 422 || error instanceof OrderStateRefused)
      throw error;
    await renderCancellation(exchange, error);
  }
}

async function renderCancellation(exchange: CustomerExchange, refusal: Refusal | null) {
  const { db, clock, req, viewer, t } = exchange;
  const today = clock.today();
  const order = await getOrderForCustomer(db, viewer.customerId, parseId(req.params['id']), today);
  if (!order.cancellable) throw new OrderStateRefused({ order: order.id, status: order.status });
  const [credit, invoices] = await Promise.all([
    creditForUnusedDays(db, clock, order),
    listInvoicesOfOrder(db, viewer.customerId, order.id, today),
  ]);
  await renderPage(
    exchange,
    'orders/cancellation',
    {
      title: t('cancellation.title', { id: order.id }),
      order,
      credit,
      after: viewer.balance.plus(credit),
      invoices: invoices.filter(({ status }) => status === 'unpaid' || status === 'overdue'),
      refusal,
    },
    { status: refusal?.status ?? 200 },
  );
}
