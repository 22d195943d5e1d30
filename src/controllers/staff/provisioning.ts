import { isIP } from 'node:net';
import { z } from 'zod';
import { Refusal } from '../../domain/errors.ts';
import { systemName } from '../../domain/catalog/operating-systems.ts';
import { activateOrderByHand } from '../../domain/staff/activate-order-by-hand.ts';
import { listWaitingOrders, type WaitingOrder } from '../../domain/staff/provisioning-queries.ts';
import { setFlash } from '../../web/flash.ts';
import { parseForm, parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';

interface ActivationFault {
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
  setFlash(req, 'success', t('staff.provisioning.flash.activated', { id: orderId, ip: typed }));
  res.redirect(303, '/staff/provisioning');
}

async function renderProvisioning(context: StaffRequest, fault: ActivationFault | null) {
  const page = await provisioningPage(context, fault);
  await renderPage(context, 'staff/provisioning', page, { status: fault ? 422 : 200 });
}

/** An order that waits for its address, with what was typed for it. */
export interface ShownWaitingOrder extends WaitingOrder {
  /** The operating system's name. */
  system: string;
  typed: string;
  invalid: boolean;
  error: string | null;
}

async function provisioningPage({ db, t, viewer }: StaffRequest, fault: ActivationFault | null) {
  const orders = await listWaitingOrders(db);
  const refusal = fault?.refusal ?? null;
  return {
    title: t('staff.provisioning.title'),
    orders: orders.map((order): ShownWaitingOrder => {
      const invalid = fault?.orderId === order.id;
      return {
        ...order,
        system: systemName(order.os),
        typed: invalid ? fault.typed : '',
        invalid,
        error: invalid && !refusal ? t('errors.field.ip') : null,
      };
    }),
    errors: fault && !refusal ? [{ href: `#ip-${fault.orderId}`, text: t('errors.field.ip') }] : [],
    mayActivate: viewer.rights.has('orders:act'),
    refusal,
  };
}
export type ProvisioningPage = PageOf<typeof provisioningPage>;
