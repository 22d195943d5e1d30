import { z } from 'zod';
import { InsufficientBalance, NotFound, OrderStateRefused } from '../../domain/errors.ts';
import { getOrderForCustomer } from '../../domain/orders/order-queries.ts';
import { Money } from '../../domain/money/money.ts';
import { payInvoices } from '../../domain/payments/pay-invoices.ts';
import type { Renewal } from '../../domain/renewals/new-renewal.ts';
import { renewOrders } from '../../domain/renewals/renew-orders.ts';
import { listRenewableOrders, MOST_RENEWED_TOGETHER } from '../../domain/renewals/renewable-orders-queries.ts';
import { setFlash } from '../../web/flash.ts';
import { parseForm, parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { setPaidFlash } from '../invoices/paid-flash.ts';
import { topUpOffer } from '../invoices/top-up-offer.ts';

/** One order with its periods: the new paid-until date, the price, what a longer one saves. */
export async function showRenewal(context: CustomerRequest) {
  await renderPage(context, 'orders/renewal', await renewalPage(context));
}

async function renewalPage({ db, clock, req, viewer, t }: CustomerRequest) {
  const today = clock.today();
  const id = parseId(req.params['id']);
  const [order] = await listRenewableOrders(db, { customerId: viewer.customerId, only: [id], today });
  if (!order) {
    const { status } = await getOrderForCustomer(db, viewer.customerId, id, today);
    throw new OrderStateRefused({ order: id, status });
  }
  const { balance } = viewer;
  const periods = order.periods.map((period) => ({ ...period, after: balance.minus(period.price) }));
  return { title: t('orders.renewal.title', { id }), order: { ...order, periods }, balance };
}
export type RenewalPage = PageOf<typeof renewalPage>;

/** A period, as the form sends it. */
export const months = z
  .string()
  .regex(/^\d{1,2}$/)
  .transform(Number);

/** Whether the invoice is paid at once, or only made. */
export const pay = z.enum(['now', 'later']).catch('later');

export async function submitRenewal(context: CustomerRequest) {
  const { req } = context;
  const orderId = parseId(req.params['id']);
  const form = parseForm(req.body, z.object({ months, pay }));
  await renew(context, [{ orderId, months: form.months }], form.pay);
}

/** One invoice for all of them, paid at once where that is asked for and the balance covers it. */
export async function renew(context: CustomerRequest, renewals: Renewal[], paid: z.infer<typeof pay>) {
  const { db, clock, config, rates, req, res, viewer, t } = context;
  if (renewals.length > MOST_RENEWED_TOGETHER) throw new NotFound();
  const { customerId, userId } = viewer;
  const { id, number } = await renewOrders(db, clock, config.seller, { customerId, renewals });
  const issued = t('orders.renewal.flash.issued', { number, count: renewals.length });
  if (paid === 'later') {
    setFlash(req, 'success', issued);
    return res.redirect(303, `/invoices/${id}`);
  }
  try {
    await payInvoices(db, clock, { customerId, userId, invoiceIds: [id] });
    await setPaidFlash(context, [id]);
    res.redirect(303, renewals.length === 1 ? `/orders/${renewals[0]?.orderId}` : '/orders');
  } catch (error) {
    const refusal = refusalToShow(error);
    const missing = refusal instanceof InsufficientBalance ? refusal.data['missing'] : null;
    const topUp = missing instanceof Money && topUpOffer(context, await rates.current(), missing, [id]);
    // The invoice is there, and its page says what stands in the way.
    setFlash(req, 'info', issued);
    res.redirect(303, topUp && !topUp.seller ? topUp.href : `/invoices/${id}`);
  }
}
