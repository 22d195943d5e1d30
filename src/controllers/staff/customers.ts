import { z } from 'zod';
import { COUNTRIES } from '../../domain/customers/countries.ts';
import { STAFF_CUSTOMER_SORTS, staffCustomers } from '../../domain/desk/customer-list-queries.ts';
import { streamFound } from '../../domain/desk/staff-list.ts';
import { choice, codeField, dayField, listFields } from '../../web/list-address.ts';
import { csvTime, sendCsv } from '../../web/rendering/csv.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { readStaffList } from './read-staff-list.ts';

const STATES = ['open', 'blocked'] as const;
const MONEY = ['overdue', 'balance'] as const;

const Query = z.object({
  ...listFields([...STAFF_CUSTOMER_SORTS], 'id', 'desc'),
  state: choice(STATES),
  country: codeField,
  currency: codeField,
  money: choice(MONEY),
  from: dayField,
  to: dayField,
});

function asked({ req, config, clock }: StaffRequest) {
  const query = Query.parse(req.query);
  return { query, filter: { ...query, timeZone: config.timeZone }, list: staffCustomers(clock.today()) };
}

export async function showCustomers(context: StaffRequest) {
  await renderPage(context, 'staff/customers', await customersPage(context));
}

async function customersPage(context: StaffRequest) {
  const { query, filter, list } = asked(context);
  const { currencies } = await context.rates.current();
  const { countryName } = await context.helpers();
  return {
    title: context.t('staff.customers.title'),
    ...(await readStaffList(context, list, query, filter)),
    query,
    states: STATES,
    money: MONEY,
    currencies: currencies.all.map(({ code }) => code),
    countries: COUNTRIES.map((code) => ({ value: code, label: countryName(code) })).toSorted((a, b) =>
      a.label.localeCompare(b.label, context.locale),
    ),
  };
}
export type CustomersPage = PageOf<typeof customersPage>;

export async function downloadCustomers(context: StaffRequest) {
  const { db, t, config } = context;
  const { query, filter, list } = asked(context);
  const time = csvTime(config.timeZone);
  await sendCsv(context, {
    name: 'customers',
    items: streamFound(db, list, filter, query),
    label: (column) => t(`staff.customers.column.${column}`),
    columns: {
      id: ({ id }) => id,
      name: ({ name }) => name,
      email: ({ email }) => email,
      kind: ({ kind }) => t(`terms.customer_kind.${kind}`),
      country: ({ country }) => country,
      blocked: ({ blocked }) => (blocked ? t('terms.customer_state.blocked') : ''),
      orders: ({ orders }) => orders,
      currency: ({ balance }) => balance.currency,
      unpaid: ({ unpaid }) => unpaid,
      balance: ({ balance }) => balance,
      since: ({ createdAt }) => time(createdAt),
    },
  });
}
