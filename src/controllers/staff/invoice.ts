import { getOwner } from '../../domain/desk/owner-queries.ts';
import { findLatestQuote } from '../../domain/rates/quote-queries.ts';
import { getInvoiceForCustomer, type InvoiceDetails } from '../../domain/invoices/invoice-queries.ts';
import { listPaymentsTowards, type PaymentTowards } from '../../domain/payments/payments-towards-queries.ts';
import { parseId } from '../../web/parse-request.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { buyerLines, headingOf, quotedRate } from '../invoices/invoice-texts.ts';
import { shownLine } from '../invoices/shown-line.ts';
import type { TimelineItem } from './timeline.ts';

/** One invoice as it was issued, the payments towards it, and what happened to it. */
export async function showStaffInvoice(context: StaffRequest) {
  await renderPage(context, 'staff/invoice', await staffInvoicePage(context));
}

async function staffInvoicePage(context: StaffRequest) {
  const { db, clock, req } = context;
  const invoiceId = parseId(req.params['id']);
  const owner = await getOwner(db, 'invoices', invoiceId);
  const invoice = await getInvoiceForCustomer(db, owner.customerId, invoiceId, clock.today());
  const [payments, quote, helpers] = await Promise.all([
    listPaymentsTowards(db, owner.customerId, invoiceId),
    invoice.kind === 'top_up' ? findLatestQuote(db, invoiceId) : null,
    context.helpers(),
  ]);
  return {
    title: invoice.number,
    heading: headingOf(invoice, helpers),
    invoice,
    owner,
    lines: invoice.lines.map((line) => shownLine(line, helpers)),
    buyer: buyerLines(invoice.buyer, helpers),
    payments,
    quote: quote && { ...quote, rate: quotedRate(quote, helpers), rateSource: helpers.ratesText(quote.rates) },
    timeline: timelineOf(invoice, payments, helpers),
  };
}
export type StaffInvoicePage = PageOf<typeof staffInvoicePage>;

/** What happened to it, newest first. */
function timelineOf(invoice: InvoiceDetails, payments: PaymentTowards[], { t, moneyText, methodText }: ViewHelpers) {
  const item = (
    at: Date | null,
    text: string,
    actor: TimelineItem['actor'],
    by: string | null = null,
  ): TimelineItem[] => (at ? [{ at, text, actor, by, invoice: null }] : []);
  return [
    ...item(invoice.issuedAt, t('staff.invoice.issued'), 'system'),
    ...payments.flatMap(({ startedAt, capturedAt, asked, captured, gateway, state }) => [
      ...item(
        startedAt,
        t('staff.invoice.payment_started', { amount: moneyText(asked), method: methodText(gateway) }),
        'customer',
      ),
      ...item(
        capturedAt,
        t('staff.invoice.payment_captured', {
          amount: captured ? moneyText(captured) : '',
          method: methodText(gateway),
        }),
        'system',
      ),
      ...(state === 'declined'
        ? item(startedAt, t('staff.invoice.payment_declined', { amount: moneyText(asked) }), 'system')
        : []),
    ]),
    ...item(
      invoice.paidAt,
      t(invoice.kind === 'top_up' ? 'staff.invoice.credited' : 'staff.invoice.paid'),
      invoice.paidBy ? 'customer' : 'system',
      invoice.paidBy,
    ),
    ...item(invoice.cancelledAt, t('staff.invoice.cancelled'), 'system'),
  ].toSorted((a, b) => b.at.getTime() - a.at.getTime());
}
