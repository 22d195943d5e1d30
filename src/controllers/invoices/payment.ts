import { z } from 'zod';
import { InvoiceNotUnpaid, NotFound, Refusal } from '../../domain/errors.ts';
import { sum } from '../../domain/money/money.ts';
import { getCustomer } from '../../domain/customers/customer-queries.ts';
import { missingFields } from '../../domain/customers/profile.ts';
import { listInvoicesByIds } from '../../domain/invoices/invoice-queries.ts';
import { isPayable } from '../../domain/invoices/invoice.ts';
import { payInvoices } from '../../domain/payments/pay-invoices.ts';
import { topUpFor } from '../../domain/payments/top-up-limits.ts';
import { setFlash } from '../../web/flash.ts';
import { idField, oneOrMore } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { keptRefusal } from '../../web/refused-form.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { profileGate } from '../profile/profile-gate.ts';

const Chosen = z.object({ invoice: oneOrMore(idField) });

/** The chosen invoices with their total and the balance before and after, before anything is paid (rule I7). */
export async function reviewPayment(context: CustomerRequest) {
  const chosen = Chosen.safeParse(context.req.query);
  if (!chosen.success) return nothingChosen(context);
  await renderReview(context, chosen.data.invoice, keptRefusal(context.req));
}

export async function submitPayment(context: CustomerRequest) {
  const { req, res, viewer, db, clock, t } = context;
  const chosen = Chosen.safeParse(req.body ?? {});
  if (!chosen.success) return nothingChosen(context);
  const invoiceIds = [...new Set(chosen.data.invoice)];
  try {
    await payInvoices(db, clock, { customerId: viewer.customerId, userId: viewer.userId, invoiceIds });
    setFlash(req, 'success', t('invoices.paid_several_flash', { count: invoiceIds.length }));
    res.redirect(303, '/invoices');
  } catch (error) {
    await renderReview(context, invoiceIds, refusalToShow(error));
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
  const total = sum(
    payable.map((invoice) => invoice.total),
    viewer.balance.currency,
  );
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
