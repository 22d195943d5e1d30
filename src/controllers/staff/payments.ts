import { z } from 'zod';
import { STAFF_PAYMENT_SORTS, staffPayments } from '../../domain/desk/payment-list-queries.ts';
import { streamFound } from '../../domain/desk/staff-list.ts';
import { choice, codeField, dayField, idField, listFields } from '../../web/list-address.ts';
import { csvTime, sendCsv } from '../../web/rendering/csv.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { readStaffList } from './read-staff-list.ts';

const STATES = ['started', 'pending', 'captured', 'declined'] as const;

const Query = z.object({
  ...listFields([...STAFF_PAYMENT_SORTS], 'started', 'desc'),
  state: choice(STATES),
  gateway: codeField,
  marked: choice(['1']),
  currency: codeField,
  customer: idField,
  from: dayField,
  to: dayField,
});

function asked({ req, config }: StaffRequest) {
  const query = Query.parse(req.query);
  return { query, filter: { ...query, marked: query.marked === '1', timeZone: config.timeZone } };
}

export async function showStaffPayments(context: StaffRequest) {
  await renderPage(context, 'staff/payments', await staffPaymentsPage(context));
}

async function staffPaymentsPage(context: StaffRequest) {
  const { query, filter } = asked(context);
  const { currencies } = await context.rates.current();
  return {
    title: context.t('staff.payments.title'),
    ...(await readStaffList(context, staffPayments, query, filter)),
    query,
    states: STATES,
    gateways: [...context.gateways.keys()],
    currencies: currencies.all.map(({ code }) => code),
  };
}
export type StaffPaymentsPage = PageOf<typeof staffPaymentsPage>;

export async function downloadStaffPayments(context: StaffRequest) {
  const { db, t, config } = context;
  const { query, filter } = asked(context);
  const time = csvTime(config.timeZone);
  const { methodText } = await context.helpers();
  await sendCsv(context, {
    name: 'payments',
    items: streamFound(db, staffPayments, filter, query),
    label: (column) => t(`staff.payments.column.${column}`),
    columns: {
      id: (payment) => payment.id,
      started: (payment) => time(payment.startedAt),
      customer: (payment) => payment.customerId,
      customer_name: (payment) => payment.customer,
      invoice: (payment) => payment.invoice.number,
      gateway: (payment) => methodText(payment.gateway),
      reference: (payment) => payment.reference,
      state: (payment) => t(`terms.payment_state.${payment.state}`),
      asked: (payment) => payment.asked,
      asked_currency: (payment) => payment.asked.currency,
      captured: (payment) => payment.captured,
      captured_currency: (payment) => payment.captured?.currency ?? '',
      captured_at: (payment) => (payment.capturedAt ? time(payment.capturedAt) : ''),
      mark: (payment) => (payment.mark ? t(`terms.payment_mark.${payment.mark}`) : ''),
    },
  });
}
