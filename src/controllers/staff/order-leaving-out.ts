import { z } from 'zod';
import { addDays } from '../../platform/clock.ts';
import type { Refusal } from '../../domain/errors.ts';
import { findLeftOut } from '../../domain/billing/left-out-queries.ts';
import { getOwner } from '../../domain/desk/owner-queries.ts';
import { leaveOut } from '../../domain/staff/leave-out.ts';
import { setFlash } from '../../web/flash.ts';
import { parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import {
  dayFrom,
  readForm,
  reasonField,
  shownFields,
  summaryOf,
  type TypedForm,
  untouched,
} from '../../web/typed-form.ts';

const Sent = z.record(z.string(), z.unknown());
/** Proposed: a week. */
const USUAL_DAYS = 7;

/** Takes an order out of the billing calendar for some days, or puts it back. */
export async function showLeavingOut(context: StaffRequest) {
  const refused = refusedForm(context.req, '/staff/orders/:id/leaving-out', Sent);
  const until = addDays(context.clock.today(), USUAL_DAYS);
  await renderLeavingOut(context, refused ? await readSent(context, refused.typed) : untouched({ until, reason: '' }));
}

export async function submitLeavingOut(context: StaffRequest) {
  const { req, t } = context;
  const orderId = parseId(req.params['id']);
  const form = await readSent(context, req.body);
  if (!form.values) return renderLeavingOut(context, form, null, 422);
  const { until, reason } = form.values;
  const { dayText } = await context.helpers();
  const said = t('staff.leaving_out.flash.left_out', { id: orderId, day: dayText(until) });
  await save(context, form, { orderId, until, reason, said });
}

export async function submitPuttingBack(context: StaffRequest) {
  const { req, t } = context;
  const orderId = parseId(req.params['id']);
  const said = t('staff.leaving_out.flash.put_back', { id: orderId });
  await save(context, untouched({ until: '', reason: '' }), { orderId, until: null, reason: '', said });
}

async function save(
  context: StaffRequest,
  form: TypedForm<'until' | 'reason'>,
  { said, ...change }: { orderId: number; until: string | null; reason: string; said: string },
) {
  const { req, res, db, clock, viewer } = context;
  try {
    await leaveOut(db, clock, { by: viewer.userId, ...change });
  } catch (error) {
    return renderLeavingOut(context, form, refusalToShow(error), 422);
  }
  setFlash(req, 'success', said);
  res.redirect(303, `/staff/orders/${change.orderId}`);
}

async function readSent(context: StaffRequest, body: unknown) {
  const { dayText } = await context.helpers();
  const today = context.clock.today();
  return readForm(body, { until: dayFrom(today, dayText(today)), reason: reasonField });
}

async function renderLeavingOut(
  context: StaffRequest,
  form: TypedForm<'until' | 'reason'>,
  refusal: Refusal | null = null,
  status = 200,
) {
  await renderPage(context, 'staff/order-leaving-out', await orderLeavingOutPage(context, form, refusal), { status });
}

async function orderLeavingOutPage(
  { db, clock, req, t }: StaffRequest,
  form: TypedForm<'until' | 'reason'>,
  refusal: Refusal | null,
) {
  const orderId = parseId(req.params['id']);
  const [owner, leftOut] = await Promise.all([
    getOwner(db, 'orders', orderId),
    findLeftOut(db, orderId, clock.today()),
  ]);
  const fields = shownFields(form, { until: t('staff.leaving_out.until'), reason: t('common.reason') }, t);
  return {
    title: t('staff.leaving_out.title', { id: orderId }),
    orderId,
    owner,
    leftOut,
    fields,
    refusal,
    errors: summaryOf(fields),
  };
}
export type OrderLeavingOutPage = PageOf<typeof orderLeavingOutPage>;
