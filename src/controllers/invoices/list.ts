import { z } from 'zod';
import {
  countInvoices,
  INVOICE_SORTS,
  type InvoiceFilter,
  listInvoices,
  streamInvoices,
} from '../../domain/invoices/invoice-list-queries.ts';
import { Exact } from '../../domain/money/money.ts';
import { isPayable } from '../../domain/invoices/invoice.ts';
import { getUnpaidSummary } from '../../domain/invoices/unpaid-queries.ts';
import { amountField, choice, dayField, linksOf, listFields, listHref } from '../../web/list-address.ts';
import { ISSUED_PRESETS, presetDays } from '../../web/day-presets.ts';
import { idField } from '../../web/parse-request.ts';
import { readPage } from '../../web/read-page.ts';
import { csvTime, sendCsv } from '../../web/rendering/csv.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

const STATUSES = ['unpaid', 'overdue', 'paid', 'cancelled'] as const;
const KINDS = ['service', 'top_up'] as const;
/** As many as are paid together. */
const MOST_TOLD = 100;

const Query = z.object({
  ...listFields([...INVOICE_SORTS], 'to_pay', 'asc'),
  status: choice(STATUSES),
  kind: choice(KINDS),
  order: idField.optional().catch(undefined),
  issued: choice(ISSUED_PRESETS),
  from: dayField,
  to: dayField,
  min: amountField,
  max: amountField,
  months: idField.optional().catch(undefined),
});
type Query = z.infer<typeof Query>;

const sentFields = z.record(z.string(), z.string().catch(''));

function filterOf(context: CustomerRequest) {
  const { req, viewer, config, clock } = context;
  const query = Query.parse(req.query);
  const sent = sentFields.parse(req.query);
  const { q, status, kind, order, issued, from, to, min, max, months } = query;
  const wrongDays = issued ? null : problemOfDays(query, sent);
  const wrongAmounts = problemOfAmounts(query, sent);
  const given: Pick<InvoiceFilter, 'from' | 'to'> = wrongDays === 'days' ? {} : { from, to };
  const days = issued ? presetDays(issued, clock.today()) : given;
  const amounts: Pick<InvoiceFilter, 'min' | 'max'> = wrongAmounts === 'amounts' ? {} : { min, max };
  const filter: InvoiceFilter = {
    customerId: viewer.customerId,
    timeZone: config.timeZone,
    q,
    status,
    kind,
    order,
    ...days,
    ...amounts,
    months,
  };
  const more = [kind, order, months, amounts.min ?? amounts.max, issued ? undefined : (days.from ?? days.to)];
  const count = (values: unknown[]) => values.filter((value) => value !== undefined).length;
  return {
    query,
    filter,
    problems: [wrongDays, wrongAmounts].filter((problem) => problem !== null),
    sent,
    more: count(more),
    set: count([status, issued, ...more]),
  };
}

/** What was sent for a field, although nothing can be filtered by it. */
const unreadable = (sent: Record<string, string>, fields: Record<string, unknown>) =>
  Object.entries(fields).some(([name, value]) => value === undefined && (sent[name] ?? '').trim() !== '');

/** What cannot be filtered by; the list is shown without it, and says so. */
function problemOfDays({ from, to }: Query, sent: Record<string, string>): 'day' | 'days' | null {
  if (unreadable(sent, { from, to })) return 'day';
  return from !== undefined && to !== undefined && from > to ? 'days' : null;
}

function problemOfAmounts({ min, max }: Query, sent: Record<string, string>): 'amount' | 'amounts' | null {
  if (unreadable(sent, { min, max })) return 'amount';
  return min !== undefined && max !== undefined && new Exact(min).greaterThan(max) ? 'amounts' : null;
}

export async function showInvoices(context: CustomerRequest) {
  await renderPage(context, 'invoices/list', await invoicesPage(context));
}

async function invoicesPage(context: CustomerRequest) {
  const { db, clock, t, viewer } = context;
  const today = clock.today();
  const { query, filter, problems, sent, more, set } = filterOf(context);
  const [unpaid, { items, paging }, catalog] = await Promise.all([
    getUnpaidSummary(db, viewer.customerId, viewer.balance.currency, today),
    readPage(
      query,
      () => countInvoices(db, filter, today),
      (window) => listInvoices(db, filter, today, { ...query, ...window }),
    ),
    context.catalog.current(),
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
    /** Those that can be chosen on any page; where there are too many to tell, null. */
    selectable: unpaid.count > MOST_TOLD ? null : unpaid.together.ids,
    balance: viewer.balance,
    owner: viewer.customerId,
    query,
    /** As they were typed. */
    typed: { from: sent['from'], to: sent['to'], min: sent['min'], max: sent['max'] },
    problems: problems.map((problem) => t(`invoices.list.problem.${problem}`)),
    more,
    set,
    filtered: set > 0 || query.q !== '' || problems.length > 0,
    paging,
    statuses: STATUSES,
    kinds: KINDS,
    periods: catalog.periods,
    presets: ISSUED_PRESETS,
    sorts: INVOICE_SORTS,
    href: linksOf('/invoices', query),
    csvHref: listHref('/invoices.csv', query, { page: undefined, per: undefined }),
  };
}
export type InvoicesPage = PageOf<typeof invoicesPage>;

export async function downloadInvoices(context: CustomerRequest) {
  const { db, t, clock } = context;
  const { query, filter } = filterOf(context);
  const time = csvTime(context.config.timeZone);
  await sendCsv(context, {
    name: 'invoices',
    items: streamInvoices(db, filter, clock.today(), query),
    label: (column) => t(`terms.invoice_field.${column}`),
    columns: {
      number: (invoice) => invoice.number,
      kind: (invoice) => t(`terms.invoice_kind.${invoice.kind}`),
      order: (invoice) => invoice.orderIds.join(' '),
      issued: (invoice) => time(invoice.issuedAt),
      due: (invoice) => invoice.dueOn,
      paid: (invoice) => (invoice.paidAt ? time(invoice.paidAt) : ''),
      months: (invoice) => invoice.periodMonths,
      amount: (invoice) => invoice.total,
      currency: (invoice) => invoice.total.currency,
      balance_after: (invoice) => invoice.balanceAfter,
      status: (invoice) => t(`terms.invoice_status.${invoice.status}`),
    },
  });
}
