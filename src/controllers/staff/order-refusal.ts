import { z } from 'zod';
import { OrderStateRefused, type Refusal } from '../../domain/errors.ts';
import { getOwner } from '../../domain/desk/owner-queries.ts';
import { getOrderForCustomer } from '../../domain/orders/order-queries.ts';
import { paidFor, refuseOrder } from '../../domain/staff/refuse-order.ts';
import { setFlash } from '../../web/flash.ts';
import { parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { readForm, reasonField, shownFields, summaryOf, type TypedForm, untouched } from '../../web/typed-form.ts';

const READERS = { reason: reasonField };
const Sent = z.record(z.string(), z.unknown());

/** What refusing a paid order comes to, before it is done. */
export async function showOrderRefusal(context: StaffRequest) {
  const refused = refusedForm(context.req, '/staff/orders/:id/refusal', Sent);
  await renderRefusal(context, refused ? readForm(refused.typed, READERS) : untouched({ reason: '' }), null);
}

export async function submitOrderRefusal(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const orderId = parseId(req.params['id']);
  const form = readForm(req.body, READERS);
  if (!form.values) return renderRefusal(context, form, null, 422);
  try {
    const credit = await refuseOrder(db, clock, { by: viewer.userId, orderId, reason: form.values.reason });
    const { moneyText } = await context.helpers();
    setFlash(req, 'success', t('staff.refusal.flash.refused', { id: orderId, credit: moneyText(credit) }));
    res.redirect(303, `/staff/orders/${orderId}`);
  } catch (error) {
    await renderRefusal(context, form, refusalToShow(error), 422);
  }
}

async function renderRefusal(context: StaffRequest, form: TypedForm<'reason'>, refusal: Refusal | null, status = 200) {
  await renderPage(context, 'staff/order-refusal', await orderRefusalPage(context, form, refusal), { status });
}

async function orderRefusalPage(
  { db, clock, req, t }: StaffRequest,
  form: TypedForm<'reason'>,
  refusal: Refusal | null,
) {
  const orderId = parseId(req.params['id']);
  const owner = await getOwner(db, 'orders', orderId);
  const order = await getOrderForCustomer(db, owner.customerId, orderId, clock.today());
  const isPossible = order.status === 'provisioning';
  const fields = shownFields(form, { reason: t('staff.refusal.reason') }, t);
  return {
    title: t('staff.refusal.title', { id: orderId }),
    order,
    owner,
    isPossible,
    credit: await paidFor(db, orderId, order.price.currency),
    fields,
    refusal: refusal ?? (isPossible ? null : new OrderStateRefused({ order: orderId, status: order.status })),
    errors: summaryOf(fields),
  };
}
export type OrderRefusalPage = PageOf<typeof orderRefusalPage>;
