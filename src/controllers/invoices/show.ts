import type { Refusal } from '../../domain/errors.ts';
import { equivalents } from '../../domain/rates/convert.ts';
import { findLatestQuote } from '../../domain/rates/quote-queries.ts';
import { COUNTRIES } from '../../domain/customers/countries.ts';
import { getCustomer } from '../../domain/customers/customer-queries.ts';
import { missingFields, type ProfileField } from '../../domain/customers/profile.ts';
import { getInvoiceForCustomer, listInvoicesByIds } from '../../domain/invoices/invoice-queries.ts';
import { isPayable } from '../../domain/invoices/invoice.ts';
import { listSuspensions } from '../../domain/orders/suspension-dates.ts';
import { listPaymentsOfInvoice } from '../../domain/payments/payment-queries.ts';
import { topUpFor } from '../../domain/payments/top-up-limits.ts';
import { listPurpose } from '../../domain/payments/top-up-purpose.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

/** One invoice: its lines, how it was paid, and the one button that pays it, or what stands in the way. */
export async function renderInvoicePage(
  context: CustomerRequest,
  invoiceId: number,
  refusal: Refusal | null = null,
) {
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

/** What the form for the missing fields needs; null when nothing is missing (rule P2). */
export function profileGate(
  customer: Awaited<ReturnType<typeof getCustomer>>,
  missing: ProfileField[],
  returnTo: string,
) {
  if (missing.length === 0) return null;
  return {
    missing,
    values: customer as unknown as Record<string, string>,
    errors: {},
    returnTo,
    countries: COUNTRIES,
  };
}
