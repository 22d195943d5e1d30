import { getPayment, type PaymentDetails } from '../../domain/desk/payment-queries.ts';
import { parseId } from '../../web/parse-request.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import type { TimelineItem } from './timeline.ts';

/** One payment: what was asked for, what came, and what the gateway has reported. */
export async function showStaffPayment(context: StaffRequest) {
  await renderPage(context, 'staff/payment', await staffPaymentPage(context));
}

async function staffPaymentPage(context: StaffRequest) {
  const { db, req, t } = context;
  const payment = await getPayment(db, parseId(req.params['id']));
  return {
    title: t('staff.payment.title', { id: payment.id }),
    payment,
    timeline: timelineOf(payment, context),
  };
}
export type StaffPaymentPage = PageOf<typeof staffPaymentPage>;

/** What happened to it, newest first. */
function timelineOf({ startedAt, startedBy, messages, capturedAt }: PaymentDetails, { t }: StaffRequest) {
  const items: TimelineItem[] = [
    { at: startedAt, text: t('staff.payment.started'), actor: 'customer', by: startedBy, invoice: null },
    ...messages.map(({ receivedAt, type }): TimelineItem => ({
      at: receivedAt,
      text: t('staff.payment.reported', { type }),
      actor: 'system',
      by: null,
      invoice: null,
    })),
  ];
  if (capturedAt)
    items.push({ at: capturedAt, text: t('staff.payment.captured'), actor: 'system', by: null, invoice: null });
  return items.toSorted((a, b) => b.at.getTime() - a.at.getTime());
}
