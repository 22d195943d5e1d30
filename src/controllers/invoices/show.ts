import { z } from 'zod';
import { Refusal, UnknownPaymentMethod } from '../../domain/errors.ts';
import { equivalents } from '../../domain/rates/convert.ts';
import { findLatestQuote } from '../../domain/rates/quote-queries.ts';
import { getCustomer } from '../../domain/customers/customer-queries.ts';
import { missingFields } from '../../domain/customers/profile.ts';
import { getInvoiceForCustomer, listInvoicesByIds } from '../../domain/invoices/invoice-queries.ts';
import { isPayable } from '../../domain/invoices/invoice.ts';
import { listSuspensions } from '../../domain/orders/suspension-dates.ts';
import { cancelUnpaidInvoice } from '../../domain/cancellations/cancel-unpaid-invoice.ts';
import { payInvoices } from '../../domain/payments/pay-invoices.ts';
import { listPaymentsOfInvoice } from '../../domain/payments/payment-queries.ts';
import { startPayment } from '../../domain/payments/start-payment.ts';
import { topUpFor } from '../../domain/payments/top-up-limits.ts';
import { listPurpose } from '../../domain/payments/top-up-purpose.ts';
import { setFlash } from '../../web/flash.ts';
import { parseForm, parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { keptRefusal } from '../../web/refused-form.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { siteUrl, webhookUrl } from '../../web/site-url.ts';
import { profileGate } from '../profile/profile-gate.ts';

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
    setFlash(req, 'success', t('invoices.paid_flash'));
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
    setFlash(req, 'info', t('top_up.requoted_flash'));
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
    setFlash(req, 'success', t(orders.length > 0 ? 'invoices.cancelled_with_order_flash' : 'invoices.cancelled_flash'));
    res.redirect(303, `/invoices/${invoiceId}`);
  } catch (error) {
    await showAgain(context, invoiceId, error);
  }
}

/** A refusal is shown on the invoice's own page; what is not there stays 404. */
async function showAgain(context: CustomerRequest, invoiceId: number, error: unknown) {
  await renderInvoicePage(context, invoiceId, refusalToShow(error));
}

/** One invoice: its lines, how it was paid, and the one button that pays it, or what stands in the way. */
async function renderInvoicePage(context: CustomerRequest, invoiceId: number, refusal: Refusal | null = null) {
  const { db, clock, config, rates, viewer, gateways, t } = context;
  const invoice = await getInvoiceForCustomer(db, viewer.customerId, invoiceId, clock.today());
  const purpose = invoice.kind === 'top_up' ? await listPurpose(db, invoice.id) : [];
  const [customer, quote, payments, paysFor] = await Promise.all([
    getCustomer(db, viewer.customerId),
    invoice.kind === 'top_up' ? findLatestQuote(db, invoice.id) : null,
    listPaymentsOfInvoice(db, invoice.id),
    listInvoicesByIds(db, viewer.customerId, purpose, clock.today()),
  ]);
  const payable = isPayable(invoice.status);
  const missing = payable ? missingFields(customer) : [];
  const table = await rates.current();
  const fromBalance = payable && invoice.kind === 'service' ? viewer.balance.minus(invoice.total) : null;
  const shortfall = fromBalance?.isNegative ? fromBalance.negated() : null;
  await renderPage(
    context,
    'invoices/show',
    {
      title: invoice.number,
      invoice,
      payable,
      payments,
      paysFor,
      quote: quote && { ...quote, expired: quote.validUntil <= clock.now() },
      balanceAfterCredit: quote && viewer.balance.plus(quote.credit),
      gateways: [...gateways.keys()],
      // What would be left; negative when the balance is short.
      remaining: fromBalance,
      shortfall,
      topUp: shortfall && topUpFor(table, shortfall, config),
      equivalents: payable && quote ? equivalents(table, quote.credit) : [],
      profile: profileGate(customer, missing, `/invoices/${invoice.id}`),
      suspensions: payable ? await listSuspensions(db, invoice) : [],
      refusal,
      orderLabel: (id: number) => t('orders.one', { id }),
    },
    { status: refusal?.status ?? 200 },
  );
}
