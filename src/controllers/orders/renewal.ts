import { z } from 'zod';
import { isDay } from '../../platform/clock.ts';
import { NotFound, OrderStateRefused, RenewedMeanwhile } from '../../domain/errors.ts';
import { getOrderForCustomer } from '../../domain/orders/order-queries.ts';
import type { Renewal } from '../../domain/renewals/new-renewal.ts';
import { renewOrders } from '../../domain/renewals/renew-orders.ts';
import { listRenewableOrders, MOST_RENEWED_TOGETHER } from '../../domain/renewals/renewable-orders-queries.ts';
import { setFlash } from '../../web/flash.ts';
import { parseForm, parseId } from '../../web/parse-request.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { payAtOnce } from '../invoices/pay-at-once.ts';

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
  const chosen = periods.find(({ months }) => months === order.periodMonths);
  // An order's own period is always among them.
  if (!chosen) throw new NotFound();
  return { title: t('orders.renewal.title', { id }), order: { ...order, periods }, chosen, balance };
}
export type RenewalPage = PageOf<typeof renewalPage>;

/** A period, as the form sends it. */
export const Months = z
  .string()
  .regex(/^\d{1,2}$/)
  .transform(Number);

/** Whether the invoice is paid at once, or only made. */
export const When = z.enum(['now', 'later']).catch('later');

/** Until when the order was paid when its form was shown. */
export const PaidUntil = z.string().refine(isDay).optional().catch(undefined);

const Form = z.object({ months: Months, pay: When, paid_until: PaidUntil });

export async function submitRenewal(context: CustomerRequest) {
  const { req } = context;
  const orderId = parseId(req.params['id']);
  const { months, pay, paid_until: paidUntil } = parseForm(req.body, Form);
  await renew(context, [{ orderId, months, ...(paidUntil && { paidUntil }) }], pay);
}

/** One invoice for all of them, paid at once where that is asked for and the balance covers it. */
export async function renew(context: CustomerRequest, renewals: Renewal[], when: z.infer<typeof When>) {
  const { db, clock, config, req, res, viewer, t } = context;
  if (renewals.length > MOST_RENEWED_TOGETHER) throw new NotFound();
  const { customerId } = viewer;
  const [first] = renewals;
  const back = first && renewals.length === 1 ? `/orders/${first.orderId}` : '/orders';
  try {
    const { id, number } = await renewOrders(
      db,
      clock,
      config.seller,
      { customerId, renewals },
      { isPaidNext: when === 'now' },
    );
    const issued = t('orders.renewal.flash.issued', { number, count: renewals.length });
    if (when === 'now') return await payAtOnce(context, { id, issued, back });
    setFlash(req, 'success', issued);
    res.redirect(303, `/invoices/${id}`);
  } catch (error) {
    if (!(error instanceof RenewedMeanwhile)) throw error;
    // Pressed in a second tab, or once more after the answer was lost.
    const { refusalText } = await context.helpers();
    setFlash(req, 'success', refusalText(error));
    res.redirect(303, back);
  }
}
