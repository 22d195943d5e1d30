import { z } from 'zod';
import {
  InvoiceNotUnpaid,
  MalformedRequest,
  NotFound,
  Refusal,
  UnknownPaymentMethod,
} from '../../domain/errors.ts';
import { sum } from '../../domain/money/money.ts';
import { getCustomer } from '../../domain/customers/customer-queries.ts';
import { missingFields } from '../../domain/customers/profile.ts';
import { listInvoicesByIds } from '../../domain/invoices/invoice-queries.ts';
import { isPayable } from '../../domain/invoices/invoice.ts';
import { cancelUnpaidInvoice } from '../../domain/cancellations/cancel-unpaid-invoice.ts';
import { payInvoices } from '../../domain/payments/pay-invoices.ts';
import { startPayment } from '../../domain/payments/start-payment.ts';
import { topUpFor } from '../../domain/payments/top-up-limits.ts';
import { listPurpose } from '../../domain/payments/top-up-purpose.ts';
import { setFlash } from '../../web/flash.ts';
import { idField, oneOrMore, parseForm, parseId } from '../../web/parse-request.ts';
import { keptRefusal } from '../../web/refused-form.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { siteUrl, webhookUrl } from '../../web/site-url.ts';
import { profileGate, renderInvoicePage } from './show.ts';

const BALANCE_METHOD = 'balance';

export async function showInvoice(context: CustomerRequest) {
  const { req } = context;
  await renderInvoicePage(context, parseId(req.params['id']), keptRefusal(req));
}

const Payment = z.object({ method: z.string().min(1).max(40) });

/** Pays an invoice: from the balance at once, or by going to a gateway. */
export async function payInvoice(context: CustomerRequest) {
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
export async function cancelInvoice(context: CustomerRequest) {
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
      t(orders.length > 0 ? 'invoices.cancelled_with_order_flash' : 'invoices.cancelled_flash'),
    );
    res.redirect(303, `/invoices/${invoiceId}`);
  } catch (error) {
    await showAgain(context, invoiceId, error);
  }
}

/** A refusal is shown on the invoice's own page; what is not there stays 404. */
async function showAgain(context: CustomerRequest, invoiceId: number, error: unknown) {
  if (!(error instanceof Refusal) || error instanceof NotFound || error instanceof MalformedRequest)
    throw error;
  await renderInvoicePage(context, invoiceId, error);
}

const Chosen = z.object({ invoice: oneOrMore(idField) });

/** The chosen invoices with their total and the balance before and after, before anything is paid (rule I7). */
export async function reviewPayment(context: CustomerRequest) {
  const chosen = Chosen.safeParse(context.req.query);
  if (!chosen.success) return nothingChosen(context);
  await renderReview(context, chosen.data.invoice, keptRefusal(context.req));
}

export async function payChosenInvoices(context: CustomerRequest) {
  const { req, res, viewer, db, clock, t } = context;
  const chosen = Chosen.safeParse(req.body ?? {});
  if (!chosen.success) return nothingChosen(context);
  const invoiceIds = [...new Set(chosen.data.invoice)];
  try {
    await payInvoices(db, clock, { customerId: viewer.customerId, userId: viewer.userId, invoiceIds });
    setFlash(req, 'success', t('invoices.paid_several_flash', { count: invoiceIds.length }));
    res.redirect(303, '/invoices');
  } catch (error) {
    if (!(error instanceof Refusal) || error instanceof NotFound) throw error;
    await renderReview(context, invoiceIds, error);
  }
}

function nothingChosen({ req, res, t }: CustomerRequest) {
  setFlash(req, 'error', t('invoices.none_chosen'));
  res.redirect(303, '/invoices?status=unpaid');
}

async function renderReview(context: CustomerRequest, invoiceIds: number[], refusal: Refusal | null) {
  const { db, clock, config, rates, viewer, t } = context;
  const [invoices, customer] = await Promise.all([
    listInvoicesByIds(db, viewer.customerId, invoiceIds, clock.today()),
    getCustomer(db, viewer.customerId),
  ]);
  const payable = invoices.filter(({ kind, status }) => kind === 'service' && isPayable(status));
  if (payable.length !== new Set(invoiceIds).size && !refusal) {
    if (invoices.length !== new Set(invoiceIds).size) throw new NotFound();
    const [other] = invoices.filter((invoice) => !payable.includes(invoice));
    refusal = new InvoiceNotUnpaid({ number: other?.number, status: other?.status });
  }
  const total = sum(payable.map((invoice) => invoice.total), viewer.balance.currency); // prettier-ignore
  const remaining = viewer.balance.minus(total);
  const shortfall = remaining.isNegative ? remaining.negated() : null;
  const search = payable.map(({ id }) => `invoice=${id}`).join('&');
  await renderPage(
    context,
    'invoices/payment',
    {
      title: t('invoices.review_title'),
      here: `/invoices/payment?${invoiceIds.map((id) => `invoice=${id}`).join('&')}`,
      invoices: payable,
      total,
      remaining,
      shortfall,
      topUp: shortfall && topUpFor(await rates.current(), shortfall, config),
      profile: profileGate(customer, missingFields(customer), `/invoices/payment?${search}`),
      refusal,
    },
    { status: refusal?.status ?? 200 },
  );
}
