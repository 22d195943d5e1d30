import { z } from 'zod';
import { NotFound, OrderStateRefused } from '../../domain/errors.ts';
import { getOrderForCustomer } from '../../domain/orders/order-queries.ts';
import type { Renewal } from '../../domain/renewals/new-renewal.ts';
import { renewOrders } from '../../domain/renewals/renew-orders.ts';
import { listRenewableOrders, MOST_RENEWED_TOGETHER } from '../../domain/renewals/renewable-orders-queries.ts';
import { setFlash } from '../../web/flash.ts';
import { parseForm, parseId } from '../../web/parse-request.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

/** One order with its periods: the new paid-until date, the price, what a longer one saves. */
export async function showRenewal(context: CustomerRequest) {
  await renderPage(context, 'orders/renewal', await renewalPage(context));
}

async function renewalPage({ db, clock, req, viewer, t }: CustomerRequest) {
  const today = clock.today();
  const id = parseId(req.params['id']);
  const [order] = await listRenewableOrders(db, { customerId: viewer.customerId, only: id, today });
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

export async function submitRenewal(context: CustomerRequest) {
  const { req } = context;
  const orderId = parseId(req.params['id']);
  await issueRenewals(context, [{ orderId, months: parseForm(req.body, z.object({ months })).months }]);
}

/** One invoice for all of them; it is paid on its own page, which shows the balance before and after. */
export async function issueRenewals({ db, clock, config, req, res, viewer, t }: CustomerRequest, renewals: Renewal[]) {
  if (renewals.length > MOST_RENEWED_TOGETHER) throw new NotFound();
  const { customerId } = viewer;
  const invoice = await renewOrders(db, clock, config.seller, { customerId, renewals });
  setFlash(req, 'success', t('orders.renewal.flash.issued', { number: invoice.number }));
  res.redirect(303, `/invoices/${invoice.id}`);
}
