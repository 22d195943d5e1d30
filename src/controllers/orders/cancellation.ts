import { z } from 'zod';
import { OrderStateRefused, Refusal } from '../../domain/errors.ts';
import { listInvoicesOfOrder } from '../../domain/invoices/invoice-queries.ts';
import { isPayable } from '../../domain/invoices/invoice.ts';
import { getOrderForCustomer } from '../../domain/orders/order-queries.ts';
import { cancelAtPeriodEnd, undoCancellationAtPeriodEnd } from '../../domain/cancellations/cancel-at-period-end.ts';
import { cancelOrder, creditForUnusedDays } from '../../domain/cancellations/cancel-order.ts';
import { setFlash } from '../../web/flash.ts';
import { parseForm, parseId, text } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

/** What cancelling does, before it is done: the days that are lost or credited, the invoices that go with it. */
export async function showCancellation(context: CustomerRequest) {
  const refused = refusedForm(context.req, '/orders/:id/cancellation', Cancellation);
  await renderCancellation(context, refused?.refusal ?? null, refused?.typed.reason);
}

const Cancellation = z.object({ when: z.enum(['now', 'period_end']), reason: text(500).catch('') });

export async function submitCancellation(context: CustomerRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const orderId = parseId(req.params['id']);
  const { reason, when } = parseForm(req.body, Cancellation);
  const { customerId, userId } = viewer;
  const request = { customerId, userId, orderId, reason };
  try {
    if (when === 'period_end') {
      await cancelAtPeriodEnd(db, clock, request);
      setFlash(req, 'success', t('orders.cancellation.flash.ending', { id: orderId }));
      return res.redirect(303, `/orders/${orderId}`);
    }
    const credit = await cancelOrder(db, clock, request);
    const { moneyText } = await context.helpers();
    const words = credit.isPositive
      ? 'orders.cancellation.flash.cancelled_and_credited'
      : 'orders.cancellation.flash.cancelled';
    setFlash(req, 'success', t(words, { id: orderId, amount: moneyText(credit) }));
    res.redirect(303, `/orders/${orderId}`);
  } catch (error) {
    await renderCancellation(context, refusalToShow(error, OrderStateRefused), reason);
  }
}

/** Takes a cancellation at the period's end back. */
export async function undoCancellation({ req, res, db, clock, config, viewer, t }: CustomerRequest) {
  const orderId = parseId(req.params['id']);
  const invoice = await undoCancellationAtPeriodEnd(db, clock, config.seller, {
    customerId: viewer.customerId,
    userId: viewer.userId,
    orderId,
  });
  if (invoice) {
    const link = { href: `/invoices/${invoice.id}`, label: invoice.number };
    setFlash(req, 'success', t('orders.cancellation.flash.undone_with_invoice', { id: orderId }), link);
  } else setFlash(req, 'success', t('orders.cancellation.flash.undone', { id: orderId }));
  res.redirect(303, `/orders/${orderId}`);
}

async function renderCancellation(context: CustomerRequest, refusal: Refusal | null, reason = '') {
  const page = await cancellationPage(context, refusal, reason);
  await renderPage(context, 'orders/cancellation', page, { status: refusal?.status ?? 200 });
}

async function cancellationPage(context: CustomerRequest, refusal: Refusal | null, reason: string) {
  const { db, clock, req, viewer, t } = context;
  const today = clock.today();
  const order = await getOrderForCustomer(db, viewer.customerId, parseId(req.params['id']), today);
  if (!order.cancellable) throw new OrderStateRefused({ order: order.id, status: order.status });
  const [credit, invoices] = await Promise.all([
    creditForUnusedDays(db, clock, order),
    listInvoicesOfOrder(db, viewer.customerId, order.id, today),
  ]);
  const unpaid = invoices.filter(({ status }) => isPayable(status));
  return {
    title: t('orders.cancellation.title', { id: order.id }),
    order,
    credit,
    daysLost: order.daysLeft ?? 0,
    balance: viewer.balance,
    after: viewer.balance.plus(credit),
    /** Those that are cancelled with it; `others` are the other orders on them. */
    invoices: unpaid.map(({ id, number, orderIds }) => ({
      id,
      number,
      others: orderIds.filter((other) => other !== order.id),
    })),
    refusal,
    reason,
  };
}
export type CancellationPage = PageOf<typeof cancellationPage>;
