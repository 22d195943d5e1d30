import { z } from 'zod';
import {
  countInvoices,
  INVOICE_SORTS,
  type InvoiceFilter,
  listInvoices,
  streamInvoices,
} from '../../domain/invoices/invoice-list-queries.ts';
import { isPayable } from '../../domain/invoices/invoice.ts';
import { getUnpaidSummary } from '../../domain/invoices/unpaid-queries.ts';
import { amountField, choice, dayField, linksOf, listFields, listHref } from '../../web/list-address.ts';
import { idField } from '../../web/parse-request.ts';
import { readPage } from '../../web/read-page.ts';
import { sendCsv } from '../../web/rendering/csv.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

const STATUSES = ['unpaid', 'overdue', 'paid', 'cancelled'] as const;
const KINDS = ['service', 'top_up'] as const;
const PERIODS = [1, 2, 3, 6, 12, 24] as const;

const Query = z.object({
  ...listFields([...INVOICE_SORTS], 'issued', 'desc'),
  status: choice(STATUSES),
  kind: choice(KINDS),
  order: idField.optional().catch(undefined),
  from: dayField,
  to: dayField,
  min: amountField,
  max: amountField,
  months: z.string().transform(Number).pipe(z.literal(PERIODS)).optional().catch(undefined),
});

function filterOf(context: CustomerRequest) {
  const query = Query.parse(context.req.query);
  const { q, status, kind, order, from, to, min, max, months } = query;
  const filter: InvoiceFilter = {
    customerId: context.viewer.customerId,
    timeZone: context.config.timeZone,
    q,
    status,
    kind,
    order,
    from,
    to,
    min,
    max,
    months,
  };
  const filtered = [status, kind, order, from, to, min, max, months].some((value) => value !== undefined) || q !== '';
  return { query, filter, filtered };
}

export async function showInvoices(context: CustomerRequest) {
  await renderPage(context, 'invoices/list', await invoicesPage(context));
}

async function invoicesPage(context: CustomerRequest) {
  const { db, clock, t, viewer } = context;
  const today = clock.today();
  const { query, filter, filtered } = filterOf(context);
  const [unpaid, { items, paging }] = await Promise.all([
    getUnpaidSummary(db, viewer.customerId, viewer.balance.currency, today),
    readPage(
      query,
      () => countInvoices(db, filter, today),
      (window) => listInvoices(db, filter, today, { ...query, ...window }),
    ),
  ]);
  const invoices = items.map((invoice) => {
    const payable = isPayable(invoice.status);
    return { ...invoice, payable, payableFromBalance: payable && invoice.kind === 'service' };
  });
  return {
    title: t('invoices.list.title'),
    invoices,
    anyPayable: invoices.some(({ payableFromBalance }) => payableFromBalance),
    unpaid,
    query,
    filtered,
    paging,
    statuses: STATUSES,
    kinds: KINDS,
    periods: PERIODS,
    sorts: INVOICE_SORTS,
    href: linksOf('/invoices', query),
    csvHref: listHref('/invoices.csv', query, { page: undefined, per: undefined }),
  };
}
export type InvoicesPage = PageOf<typeof invoicesPage>;

export async function downloadInvoices(context: CustomerRequest) {
  const { db, t, clock } = context;
  const { query, filter } = filterOf(context);
  await sendCsv(context, {
    name: 'invoices',
    items: streamInvoices(db, filter, clock.today(), query),
    label: (column) => t(`terms.invoice_field.${column}`),
    columns: {
      number: (invoice) => invoice.number,
      kind: (invoice) => t(`terms.invoice_kind.${invoice.kind}`),
      order: (invoice) => invoice.orderIds.join(' '),
      issued: (invoice) => invoice.issuedAt.toISOString(),
      due: (invoice) => invoice.dueOn,
      paid: (invoice) => invoice.paidAt?.toISOString() ?? '',
      months: (invoice) => invoice.periodMonths,
      amount: (invoice) => invoice.total,
      currency: (invoice) => invoice.total.currency,
      balance_after: (invoice) => invoice.balanceAfter,
      status: (invoice) => t(`terms.invoice_status.${invoice.status}`),
    },
  });
}
