import { z } from 'zod';
import type { Day } from '../../platform/clock.ts';
import { InvoiceNotUnpaid, Refusal, UnknownPaymentMethod } from '../../domain/errors.ts';
import { type Money, sum } from '../../domain/money/money.ts';
import { type Equivalent, equivalents } from '../../domain/rates/convert.ts';
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
import { findTopUpFor, listPaymentsTowards } from '../../domain/payments/payments-towards-queries.ts';
import { startPayment } from '../../domain/payments/start-payment.ts';
import { listPurpose } from '../../domain/payments/top-up-purpose.ts';
import { setFlash } from '../../web/flash.ts';
import { assertMay } from '../../web/guards.ts';
import { parseForm, parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { keptRefusal } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { siteUrl, webhookUrl } from '../../web/site-url.ts';
import { profileGate } from '../profile/profile-gate.ts';
import { buyerLines, headingOf, quotedRate, suspensionText } from './invoice-texts.ts';
import { setPaidFlash } from './paid-flash.ts';
import { attemptOf, happenedTo } from './payment-progress.ts';
import { shownLine } from './shown-line.ts';
import { topUpOffer } from './top-up-offer.ts';

const BALANCE_METHOD = 'balance';

export async function showInvoice(context: CustomerRequest) {
  const { req } = context;
  const invoiceId = parseId(req.params['id']);
  if (req.query['returned'] !== undefined) return welcomeBack(context, invoiceId);
  await renderInvoicePage(context, invoiceId, keptRefusal(req));
}

/** Somebody comes back from a gateway: what became of the payment is said once, or stands on the page. */
async function welcomeBack(context: CustomerRequest, invoiceId: number) {
  const { db, viewer, clock, req, res, t } = context;
  const [invoice, [payment]] = await Promise.all([
    getInvoiceForCustomer(db, viewer.customerId, invoiceId, clock.today()),
    listPaymentsTowards(db, viewer.customerId, invoiceId),
  ]);
  if (payment?.captured && !payment.marked) {
    const meant = invoice.kind === 'top_up' ? await listPurpose(db, invoiceId) : [invoiceId];
    const paid = await listInvoicesByIds(db, viewer.customerId, meant, clock.today());
    if (paid.length > 0 && paid.every(({ status }) => status === 'paid'))
      await setPaidFlash(context, meant, { received: payment.captured });
    else
      setFlash(
        req,
        'success',
        t('invoices.paid.received', { amount: (await context.helpers()).moneyText(payment.captured) }),
      );
  }
  res.redirect(303, `/invoices/${invoiceId}`);
}

const Payment = z.object({ method: z.string().min(1).max(40) });

/** Pays an invoice: from the balance at once, or by going to a gateway. */
export async function submitInvoicePayment(context: CustomerRequest) {
  const { req, res, viewer, t } = context;
  const invoiceId = parseId(req.params['id']);
  const { method } = parseForm(req.body, Payment);
  try {
    assertMay(viewer, method === BALANCE_METHOD ? 'invoices:pay' : 'top-ups');
    if (method !== BALANCE_METHOD) return await payThroughGateway(context, invoiceId, method);
    await payInvoices(context.db, context.clock, {
      customerId: viewer.customerId,
      userId: viewer.userId,
      invoiceIds: [invoiceId],
    });
    await setPaidFlash(context, [invoiceId]);
    res.redirect(303, `/invoices/${invoiceId}`);
  } catch (error) {
    if (error instanceof InvoiceNotUnpaid && error.data['status'] === 'paid') {
      // Pressed in a second tab, or once more after the answer was lost.
      setFlash(req, 'success', t('invoices.paid.already', { number: String(error.data['number']) }));
      return res.redirect(303, `/invoices/${invoiceId}`);
    }
    await showAgain(context, invoiceId, error);
  }
}

async function payThroughGateway(context: CustomerRequest, invoiceId: number, method: string) {
  const { req, res, viewer, db, clock, config, gateways, t } = context;
  const gateway = gateways.get(method);
  if (!gateway) throw new UnknownPaymentMethod({ method });
  const started = await startPayment(db, clock, config, {
    customerId: viewer.customerId,
    userId: viewer.userId,
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
    returnUrl: siteUrl(req, config, `/invoices/${others.length === 0 && paid ? paid : invoiceId}?returned`),
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
  const [customer, quote, payments, topUpMade, paysFor, suspensions, table, helpers] = await Promise.all([
    getCustomer(db, viewer.customerId),
    isTopUp ? findLatestQuote(db, invoice.id) : null,
    listPaymentsTowards(db, viewer.customerId, invoice.id),
    isTopUp ? null : findTopUpFor(db, viewer.customerId, invoice.id),
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
    attempt: payable ? attemptOf(payments, topUpMade) : null,
    /** What arrived for it although it is not the amount that was asked for. */
    wrongAmount:
      payments.find(({ marked, invoice: { id } }) => marked && id === invoice.id && payable)?.captured ?? null,
    happened: happenedTo(invoice, payments, viewer.email, helpers),
    orders: invoice.orderIds,
    /** A payment that arrived for it although it had been cancelled. */
    moneyCameAfterAll: isTopUp && payments.some(({ state }) => state === 'captured'),
    paysFor,
    quote: quote && shownQuote(quote, clock.now(), helpers),
    balance: viewer.balance,
    ...purposeOf(paysFor, quote, viewer.balance),
    gateways: [...gateways.keys()],
    /** What would be left of the balance; negative when that is short. */
    remaining,
    shortfall,
    topUp: shortfall && topUpOffer(context, table, shortfall, [invoice.id]),
    equivalents: payable && quote ? othersThan(quote, equivalents(table, quote.credit)) : [],
    profile: profileGate(customer, payable ? missingFields(customer) : [], `/invoices/${invoice.id}`, helpers),
    suspensions: suspensions.map((suspension) => suspensionText(suspension, helpers)),
    cancelsOrder: invoice.lines.some(({ kind }) => kind === 'new_order'),
    period: periodOf(invoice),
    refusal,
  };
}
export type InvoicePage = PageOf<typeof invoicePage>;

/** The paid currency is no equivalent of itself. */
const othersThan = ({ pay }: Quote, all: readonly Equivalent[]) =>
  all.filter(({ currency }) => currency !== pay.currency);

/** What a top-up leaves of the balance, and what it lacks for the invoices that it was made to pay. */
function purposeOf(
  paysFor: { total: Money; status: string }[],
  quote: Quote | null,
  balance: Money,
): { balanceAfterCredit: Money | null; purposeLacks: Money | null } {
  if (!quote) return { balanceAfterCredit: null, purposeLacks: null };
  const open = paysFor.filter(({ status }) => status === 'unpaid' || status === 'overdue');
  const needed = sum(
    open.map(({ total }) => total),
    balance.currency,
  );
  const credited = balance.plus(quote.credit);
  return credited.isLessThan(needed)
    ? { balanceAfterCredit: credited, purposeLacks: needed.minus(credited) }
    : { balanceAfterCredit: credited.minus(needed), purposeLacks: null };
}

/** The first and the last day that all of its lines are for. */
function periodOf({ lines }: InvoiceDetails): { from: Day; to: Day } | null {
  const [first] = lines.filter(({ periodFrom }) => periodFrom !== null);
  if (!first?.periodFrom || !first.periodTo) return null;
  const { periodFrom: from, periodTo: to } = first;
  const same = lines.every((line) => line.periodFrom === null || (line.periodFrom === from && line.periodTo === to));
  return same ? { from, to } : null;
}

/** What a top-up credits, and for how long that is promised. */
export interface ShownQuote {
  pay: Money;
  credit: Money;
  rate: string;
  /** Its rates' dates and sources. */
  rateSource: string;
  validUntil: Date;
  expired: boolean;
}

const shownQuote = (quote: Quote, now: Date, helpers: ViewHelpers): ShownQuote => ({
  ...quote,
  rate: quotedRate(quote, helpers),
  rateSource: helpers.ratesText(quote.rates),
  expired: quote.validUntil <= now,
});
