import { z } from 'zod';
import { STAFF_INVOICE_SORTS, staffInvoices } from '../../domain/desk/invoice-list-queries.ts';
import { streamFound } from '../../domain/desk/staff-list.ts';
import { OVERDUE_AGES } from '../../domain/desk/work-list-queries.ts';
import { choice, codeField, dayField, idField, listFields } from '../../web/list-address.ts';
import { csvTime, sendCsv } from '../../web/rendering/csv.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { readStaffList } from './read-staff-list.ts';

const STATUSES = ['unpaid', 'overdue', 'paid', 'cancelled'] as const;
const AGES = OVERDUE_AGES.map(({ name }) => name) as ['1_7', '8_30', '31'];
const KINDS = ['service', 'top_up'] as const;

const Query = z.object({
  ...listFields([...STAFF_INVOICE_SORTS], 'issued', 'desc'),
  status: choice(STATUSES),
  age: choice(AGES),
  kind: choice(KINDS),
  currency: codeField,
  customer: idField,
  from: dayField,
  to: dayField,
});

function asked({ req, config, clock }: StaffRequest) {
  const query = Query.parse(req.query);
  return { query, filter: { ...query, timeZone: config.timeZone }, list: staffInvoices(clock.today()) };
}

export async function showStaffInvoices(context: StaffRequest) {
  await renderPage(context, 'staff/invoices', await staffInvoicesPage(context));
}

async function staffInvoicesPage(context: StaffRequest) {
  const { query, filter, list } = asked(context);
  const { currencies } = await context.rates.current();
  return {
    title: context.t('staff.invoices.title'),
    ...(await readStaffList(context, list, query, filter)),
    query,
    statuses: STATUSES,
    ages: AGES,
    kinds: KINDS,
    currencies: currencies.all.map(({ code }) => code),
  };
}
export type StaffInvoicesPage = PageOf<typeof staffInvoicesPage>;

export async function downloadStaffInvoices(context: StaffRequest) {
  const { db, t, config } = context;
  const { query, filter, list } = asked(context);
  const time = csvTime(config.timeZone);
  await sendCsv(context, {
    name: 'invoices',
    items: streamFound(db, list, filter, query),
    label: (column) =>
      column === 'customer' || column === 'customer_name' || column === 'kind'
        ? t(`staff.invoices.column.${column}`)
        : t(`terms.invoice_field.${column}`),
    columns: {
      number: (invoice) => invoice.number,
      kind: (invoice) => t(`invoices.list.kind.${invoice.kind}`),
      customer: (invoice) => invoice.customerId,
      customer_name: (invoice) => invoice.customer,
      order: (invoice) => invoice.orderIds.join(' '),
      issued: (invoice) => time(invoice.issuedAt),
      due: (invoice) => invoice.dueOn,
      paid: (invoice) => (invoice.paidAt ? time(invoice.paidAt) : ''),
      status: (invoice) => t(`terms.invoice_status.${invoice.status}`),
      amount: (invoice) => invoice.total,
      currency: (invoice) => invoice.total.currency,
    },
  });
}
