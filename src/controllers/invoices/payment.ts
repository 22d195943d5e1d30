import { z } from 'zod';
import { InvoiceNotUnpaid, NotFound, Refusal } from '../../domain/errors.ts';
import { sum } from '../../domain/money/money.ts';
import { getCustomer } from '../../domain/customers/customer-queries.ts';
import { missingFields } from '../../domain/customers/profile.ts';
import { listInvoicesByIds } from '../../domain/invoices/invoice-queries.ts';
import type { InvoiceListItem } from '../../domain/invoices/invoice-row.ts';
import { isPayable } from '../../domain/invoices/invoice.ts';
import { payInvoices } from '../../domain/payments/pay-invoices.ts';
import { setFlash } from '../../web/flash.ts';
import { idField, oneOrMore } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { keptRefusal } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { profileGate } from '../profile/profile-gate.ts';
import { setPaidFlash } from './paid-flash.ts';
import { topUpOffer } from './top-up-offer.ts';

const Chosen = z.object({ invoice: oneOrMore(idField) });

/** The chosen invoices with their total and the balance before and after, before anything is paid (rule I7). */
export async function reviewPayment(context: CustomerRequest) {
  const chosen = Chosen.safeParse(context.req.query);
  if (!chosen.success) return nothingChosen(context);
  await renderReview(context, chosen.data.invoice, keptRefusal(context.req));
}

export async function submitPayment(context: CustomerRequest) {
  const { req, res, viewer, db, clock } = context;
  const chosen = Chosen.safeParse(req.body ?? {});
  if (!chosen.success) return nothingChosen(context);
  const invoiceIds = [...new Set(chosen.data.invoice)];
  try {
    await payInvoices(db, clock, { customerId: viewer.customerId, userId: viewer.userId, invoiceIds });
    await setPaidFlash(context, invoiceIds);
    res.redirect(303, '/invoices');
  } catch (error) {
    if (error instanceof InvoiceNotUnpaid && (await allPaid(context, invoiceIds))) {
      // Pressed in a second tab, or once more after the answer was lost.
      setFlash(req, 'success', context.t('invoices.paid.all_already', { count: invoiceIds.length }));
      return res.redirect(303, '/invoices');
    }
    await renderReview(context, invoiceIds, refusalToShow(error));
  }
}

async function allPaid({ db, viewer, clock }: CustomerRequest, invoiceIds: number[]) {
  const invoices = await listInvoicesByIds(db, viewer.customerId, invoiceIds, clock.today());
  return invoices.length === invoiceIds.length && invoices.every(({ status }) => status === 'paid');
}

function nothingChosen({ req, res, t }: CustomerRequest) {
  setFlash(req, 'error', t('invoices.payment.empty.none_chosen'));
  res.redirect(303, '/invoices?status=unpaid');
}

async function renderReview(context: CustomerRequest, invoiceIds: number[], refused: Refusal | null) {
  const page = await paymentReviewPage(context, invoiceIds, refused);
  await renderPage(context, 'invoices/payment', page, { status: page.refusal?.status ?? 200 });
}

async function paymentReviewPage(context: CustomerRequest, invoiceIds: number[], refused: Refusal | null) {
  const { db, clock, rates, viewer, t } = context;
  const [chosen, customer, table, helpers] = await Promise.all([
    listInvoicesByIds(db, viewer.customerId, invoiceIds, clock.today()),
    getCustomer(db, viewer.customerId),
    rates.current(),
    context.helpers(),
  ]);
  const payable = chosen
    .filter(({ kind, status }) => kind === 'service' && isPayable(status))
    .toSorted((a, b) => a.dueOn.localeCompare(b.dueOn) || a.id - b.id);
  const total = sum(
    payable.map((invoice) => invoice.total),
    viewer.balance.currency,
  );
  const remaining = viewer.balance.minus(total);
  const ids = payable.map(({ id }) => id);
  const without = (one: number) => (ids.length > 1 ? reviewHref(ids.filter((id) => id !== one)) : null);
  return {
    title: t('invoices.payment.title'),
    here: reviewHref(invoiceIds),
    /** Each with the address of the same page without it. */
    invoices: payable.map((invoice) => ({ ...invoice, without: without(invoice.id) })),
    owner: viewer.customerId,
    total,
    balance: viewer.balance,
    /** What would be left; negative when the balance is short. */
    remaining,
    topUp: remaining.isNegative ? topUpOffer(context, table, remaining.negated(), ids) : null,
    profile: profileGate(customer, missingFields(customer), reviewHref(ids), helpers),
    refusal: refused ?? refusalOfChoice(chosen, payable, invoiceIds),
  };
}
export type PaymentReviewPage = PageOf<typeof paymentReviewPage>;

const reviewHref = (invoiceIds: number[]) => `/invoices/payment?${invoiceIds.map((id) => `invoice=${id}`).join('&')}`;

/** Null when all that were chosen can be paid. @throws {NotFound} */
function refusalOfChoice(chosen: InvoiceListItem[], payable: InvoiceListItem[], invoiceIds: number[]): Refusal | null {
  const count = new Set(invoiceIds).size;
  if (payable.length === count) return null;
  if (chosen.length !== count) throw new NotFound();
  const other = chosen.find((invoice) => !payable.includes(invoice));
  return new InvoiceNotUnpaid({ number: other?.number, status: other?.status });
}
