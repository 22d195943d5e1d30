import { z } from 'zod';
import { countCustomers, listCustomers } from '../../domain/staff/customer-list-queries.ts';
import { linksOf, listFields } from '../../web/list-address.ts';
import { readPage } from '../../web/read-page.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';

const { q, page, per } = listFields(['id'], 'id', 'desc');
const Query = z.object({ q, page, per });

export async function showCustomers(context: StaffRequest) {
  await renderPage(context, 'staff/customers', await customersPage(context));
}

async function customersPage({ db, req, t }: StaffRequest) {
  const query = Query.parse(req.query);
  const { items, paging } = await readPage(
    query,
    () => countCustomers(db, query.q),
    (window) => listCustomers(db, query.q, window),
  );
  return {
    title: t('staff.customers.title'),
    customers: items,
    query,
    paging,
    href: linksOf('/staff/customers', query),
  };
}
export type CustomersPage = PageOf<typeof customersPage>;
