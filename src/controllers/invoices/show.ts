import { z } from 'zod';
import type { Day } from '../../platform/clock.ts';
import { Refusal, UnknownPaymentMethod } from '../../domain/errors.ts';
import type { Money } from '../../domain/money/money.ts';
import { equivalents } from '../../domain/rates/convert.ts';
import { findLatestQuote, type Quote } from '../../domain/rates/quote-queries.ts';
import { getCustomer } from '../../domain/customers/customer-queries.ts';
import { missingFields } from '../../domain/customers/profile.ts';
import {
  getInvoiceForCustomer,
  type InvoiceDetails,
  listInvoicesByIds,
} from '../../domain/invoices/invoice-queries.ts';
import { isPayable } from '../../domain/invoices/invoice.ts';
import { listSuspensions } from '../../domain/orders/suspension-dates.ts';
import { cancelUnpaidInvoice } from '../../domain/cancellations/cancel-unpaid-invoice.ts';
import { payInvoices } from '../../domain/payments/pay-invoices.ts';
import { listPaymentsOfInvoice } from '../../domain/payments/payment-queries.ts';
import { startPayment } from '../../domain/payments/start-payment.ts';
import { listPurpose } from '../../domain/payments/top-up-purpose.ts';
import { setFlash } from '../../web/flash.ts';
import { parseForm, parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { keptRefusal } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { siteUrl, webhookUrl } from '../../web/site-url.ts';
import { profileGate } from '../profile/profile-gate.ts';
import { buyerLines, headingOf, lineText, quotedRate, sourcesText, suspensionText } from './invoice-texts.ts';
import { topUpOffer } from './top-up-offer.ts';

const BALANCE_METHOD = 'balance';

export async function showInvoice(context: CustomerRequest) {
  const { req } = context;
  await renderInvoicePage(context, parseId(req.params['id']), keptRefusal(req));
}

const Payment = z.object({ method: z.string().min(1).max(40) });

/** Pays an invoice: from the balance at once, or by going to a gateway. */
export async function submitInvoicePayment(context: CustomerRequest) {
  const { req, res, viewer, t } = context;
  const invoiceId = parseId(req.params['id']);
  const { method } = parseForm(req.body, Payment);
  try {
    if (method !== BALANCE_METHOD) return await payThroughGateway(context, invoiceId, method);
    await payInvoices(context.db, context.clock, {
      customerId: viewer.customerId,
      userId: viewer.userId,
      invoiceIds: [invoiceId],
    });
    setFlash(req, 'success', t('invoices.show.flash.paid'));
    res.redirect(303, `/invoices/${invoiceId}`);
  } catch (error) {
    await showAgain(context, invoiceId, error);
  }
}

async function payThroughGateway(context: CustomerRequest, invoiceId: number, method: string) {
  const { req, res, viewer, db, clock, config, gateways, t } = context;
  const gateway = gateways.get(method);
  if (!gateway) throw new UnknownPaymentMethod({ method });
  const started = await startPayment(db, clock, config, {
    customerId: viewer.customerId,
    invoiceId,
    gateway: method,
  });
  if (started.outcome === 'requoted') {
    setFlash(req, 'info', t('invoices.show.flash.requoted'));
    return res.redirect(303, `/invoices/${invoiceId}`);
  }
  // Who topped up to pay one invoice comes back to that one.
  const [paid, ...others] = await listPurpose(db, invoiceId);
  const address = await gateway.start({
    reference: started.reference,
    money: started.money,
    description: started.invoiceNumber,
    returnUrl: siteUrl(req, config, `/invoices/${others.length === 0 && paid ? paid : invoiceId}`),
    webhookUrl: webhookUrl(req, config, method),
  });
  res.redirect(303, address);
}

/** Cancels an unpaid invoice, and with a new order's the order (rule I8). */
export async function submitInvoiceCancellation(context: CustomerRequest) {
  const { req, res, viewer, db, clock, t } = context;
  const invoiceId = parseId(req.params['id']);
  try {
    const orders = await cancelUnpaidInvoice(db, clock, {
      customerId: viewer.customerId,
      userId: viewer.userId,
      invoiceId,
    });
    setFlash(
      req,
      'success',
      t(orders.length > 0 ? 'invoices.show.flash.cancelled_with_order' : 'invoices.show.flash.cancelled'),
    );
    res.redirect(303, `/invoices/${invoiceId}`);
  } catch (error) {
    await showAgain(context, invoiceId, error);
  }
}

/** A refusal is shown on the invoice's own page; what is not there stays 404. */
async function showAgain(context: CustomerRequest, invoiceId: number, error: unknown) {
  await renderInvoicePage(context, invoiceId, refusalToShow(error));
}

async function renderInvoicePage(context: CustomerRequest, invoiceId: number, refusal: Refusal | null = null) {
  const page = await invoicePage(context, invoiceId, refusal);
  await renderPage(context, 'invoices/show', page, { status: refusal?.status ?? 200 });
}

/** One invoice: its lines, how it was paid, and the one button that pays it, or what stands in the way. */
async function invoicePage(context: CustomerRequest, invoiceId: number, refusal: Refusal | null) {
  const { db, clock, rates, viewer, gateways } = context;
  const invoice = await getInvoiceForCustomer(db, viewer.customerId, invoiceId, clock.today());
  const isTopUp = invoice.kind === 'top_up';
  const purpose = isTopUp ? await listPurpose(db, invoice.id) : [];
  const payable = isPayable(invoice.status);
  const [customer, quote, payments, paysFor, suspensions, table, helpers] = await Promise.all([
    getCustomer(db, viewer.customerId),
    isTopUp ? findLatestQuote(db, invoice.id) : null,
    listPaymentsOfInvoice(db, invoice.id),
    listInvoicesByIds(db, viewer.customerId, purpose, clock.today()),
    payable ? listSuspensions(db, invoice) : [],
    rates.current(),
    context.helpers(),
  ]);
  const remaining = payable && !isTopUp ? viewer.balance.minus(invoice.total) : null;
  const shortfall = remaining?.isNegative ? remaining.negated() : null;
  return {
    title: invoice.number,
    heading: headingOf(invoice, helpers),
    invoice,
    buyer: buyerLines(invoice.buyer, helpers),
    lines: invoice.lines.map((line) => shownLine(line, helpers)),
    payable,
    payments,
    paymentPending: payable && payments.some(({ state }) => state === 'pending'),
    paymentDeclined: payable && payments[0]?.state === 'declined',
    /** A payment that arrived for it although it had been cancelled. */
    moneyCameAfterAll: payments.some(({ state }) => state === 'captured'),
    paysFor,
    quote: quote && shownQuote(quote, clock.now(), helpers),
    balance: viewer.balance,
    balanceAfterCredit: quote && viewer.balance.plus(quote.credit),
    gateways: [...gateways.keys()],
    /** What would be left of the balance; negative when that is short. */
    remaining,
    shortfall,
    topUp: shortfall && topUpOffer(context, table, shortfall, [invoice.id]),
    equivalents: payable && quote ? equivalents(table, quote.credit) : [],
    profile: profileGate(customer, payable ? missingFields(customer) : [], `/invoices/${invoice.id}`, helpers),
    suspensions: suspensions.map((suspension) => suspensionText(suspension, helpers)),
    cancelsOrder: invoice.lines.some(({ kind }) => kind === 'new_order'),
    refusal,
  };
}
export type InvoicePage = PageOf<typeof invoicePage>;

export type ShownInvoiceLine = InvoiceDetails['lines'][number] & { text: string; host: string };

const shownLine = (line: InvoiceDetails['lines'][number], helpers: ViewHelpers): ShownInvoiceLine => ({
  ...line,
  text: lineText(line, helpers),
  host: [line.details.hostname, line.details.ip].filter(Boolean).join(' · '),
});

/** What a top-up credits, and for how long that is promised. */
export interface ShownQuote {
  pay: Money;
  credit: Money;
  rate: string;
  rateDate: Day;
  sources: string;
  validUntil: Date;
  expired: boolean;
}

const shownQuote = (quote: Quote, now: Date, helpers: ViewHelpers): ShownQuote => ({
  ...quote,
  rate: quotedRate(quote, helpers),
  sources: sourcesText(quote, helpers),
  expired: quote.validUntil <= now,
});
