import { z } from 'zod';
import { systemName } from '../../domain/catalog/operating-systems.ts';
import { listInvoicesOfOrder } from '../../domain/invoices/invoice-queries.ts';
import { getBillingTerms, suspensionDatesOf } from '../../domain/orders/billing-terms.ts';
import { listOrderOptions } from '../../domain/orders/order-option-queries.ts';
import { getOrderForCustomer, listOrderHistory } from '../../domain/orders/order-queries.ts';
import { setOrderAutoRenewal, updateOrderNotes } from '../../domain/orders/order-settings.ts';
import { setFlash } from '../../web/flash.ts';
import { parseForm, parseId } from '../../web/parse-request.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { OrderNotes, type OrderNotesErrors, readOrderNotes } from './order-notes-form.ts';

export async function showOrder(context: CustomerRequest) {
  const refused = refusedForm(context.req, '/orders/:id/comment', OrderNotes);
  await renderOrder(context, refused && (readOrderNotes(refused.typed).fault ?? null));
}

/** The customer's own name and comment for an order (rule O1). */
export async function submitComment(context: CustomerRequest) {
  const { db, req, res, viewer, t } = context;
  const orderId = parseId(req.params['id']);
  const { words, fault } = readOrderNotes(parseForm(req.body, OrderNotes));
  if (fault) return renderOrder(context, fault);
  await updateOrderNotes(db, viewer.customerId, orderId, words);
  setFlash(req, 'success', t('orders.words_saved_flash'));
  res.redirect(303, `/orders/${orderId}`);
}

const ENABLED = { on: true, off: false, account: null } as const;
const AutoRenewal = z.object({ enabled: z.enum(['on', 'off', 'account']) });

export async function submitAutoRenewal({ db, clock, req, res, viewer, t }: CustomerRequest) {
  const orderId = parseId(req.params['id']);
  const { enabled } = parseForm(req.body, AutoRenewal);
  const { customerId, userId } = viewer;
  await setOrderAutoRenewal(db, clock, { customerId, userId, orderId, enabled: ENABLED[enabled] });
  setFlash(req, 'success', t('orders.auto_renewal_flash'));
  res.redirect(303, `/orders/${orderId}`);
}

/** Everything about one order; with what was typed when its own words were refused. */
async function renderOrder(context: CustomerRequest, fault: OrderNotesErrors | null) {
  const { db, clock, req, t, viewer } = context;
  const today = clock.today();
  const order = await getOrderForCustomer(db, viewer.customerId, parseId(req.params['id']), today);
  const [invoices, history, terms, options] = await Promise.all([
    listInvoicesOfOrder(db, viewer.customerId, order.id, today),
    listOrderHistory(db, order.id),
    getBillingTerms(db),
    listOrderOptions(db, order.id),
  ]);
  await renderPage(
    context,
    'orders/show',
    {
      title: t('orders.one', { id: order.id }),
      order,
      invoices,
      history,
      options,
      system: systemName(order.os),
      seller: context.config.seller,
      suspensionDates: suspensionDatesOf(order, terms[order.category]),
      words: fault?.typed ?? { comment: order.comment, serviceName: order.serviceName },
      faults: fault?.faults ?? [],
    },
    { status: fault ? 422 : 200 },
  );
}
