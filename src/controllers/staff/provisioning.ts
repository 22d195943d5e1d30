import { isIP } from 'node:net';
import { z } from 'zod';
import { Refusal } from '../../domain/errors.ts';
import { activateOrderByHand } from '../../domain/staff/activate-order-by-hand.ts';
import { listWaitingOrders } from '../../domain/staff/provisioning-queries.ts';
import { setFlash } from '../../web/flash.ts';
import { mayAct } from '../../web/guards.ts';
import { parseForm, parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';

interface Fault {
  orderId: number;
  typed: string;
  refusal: Refusal | null;
}

const Activation = z.object({ ip: z.string().trim() });

export async function showProvisioning(context: StaffRequest) {
  const refused = refusedForm(context.req, '/staff/orders/:id/activation', Activation);
  await renderProvisioning(
    context,
    refused && {
      orderId: parseId(refused.params['id']),
      typed: refused.typed.ip,
      refusal: refused.refusal,
    },
  );
}

/** Puts a waiting order into service with the address that staff assign. */
export async function submitActivation(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const orderId = parseId(req.params['id']);
  const typed = parseForm(req.body, Activation).ip;
  // An IPv6 zone is a matter of one machine, and no address of an order.
  if (isIP(typed) === 0 || typed.includes('%')) return renderProvisioning(context, { orderId, typed, refusal: null });
  try {
    await activateOrderByHand(db, clock, { orderId, ip: typed, userId: viewer.userId });
  } catch (error) {
    return renderProvisioning(context, { orderId, typed, refusal: refusalToShow(error) });
  }
  setFlash(req, 'success', t('staff.activated_flash', { id: orderId, ip: typed }));
  res.redirect(303, '/staff/provisioning');
}

async function renderProvisioning(context: StaffRequest, fault: Fault | null) {
  const { db, t, viewer } = context;
  await renderPage(
    context,
    'staff/provisioning',
    {
      title: t('staff.provisioning'),
      orders: await listWaitingOrders(db),
      mayActivate: mayAct(viewer, 'admin'),
      fault,
      refusal: fault?.refusal ?? null,
    },
    { status: fault ? 422 : 200 },
  );
}
