import { z } from 'zod';
import type { Renewal } from '../../domain/renewals/new-renewal.ts';
import { countRenewableOrders, listRenewableOrders } from '../../domain/renewals/renewable-orders-queries.ts';
import { setFlash } from '../../web/flash.ts';
import { idField, oneOrMore, parseForm } from '../../web/parse-request.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { issueRenewals, months } from './renewal.ts';

/** All orders that can be renewed, each with its own period; those of the address are chosen already. */
export async function showRenewals(context: CustomerRequest) {
  await renderPage(context, 'orders/renewals', await renewalsPage(context));
}

async function renewalsPage({ db, clock, req, viewer, t }: CustomerRequest) {
  const { customerId } = viewer;
  const [orders, all] = await Promise.all([
    listRenewableOrders(db, { customerId, only: null, today: clock.today() }),
    countRenewableOrders(db, customerId),
  ]);
  const chosen = z.object({ order: oneOrMore(idField) }).safeParse(req.query);
  return {
    title: t('orders.renewals.title'),
    orders,
    all,
    chosen: chosen.success ? chosen.data.order : [],
    balance: viewer.balance,
  };
}
export type RenewalsPage = PageOf<typeof renewalsPage>;

export async function submitRenewals(context: CustomerRequest) {
  const { req, res, t } = context;
  const renewals = chosenRenewals(req.body);
  if (renewals.length === 0) {
    setFlash(req, 'error', t('orders.renewals.flash.none_chosen'));
    return res.redirect(303, '/orders/renewals');
  }
  await issueRenewals(context, renewals);
}

/** The fields `order[ID]` = months; a dash is none. */
function chosenRenewals(body: unknown): Renewal[] {
  const fields = Object.entries((body ?? {}) as Record<string, unknown>);
  return fields.flatMap(([name, value]) => {
    const id = /^order\[([1-9]\d{0,14})\]$/.exec(name)?.[1];
    return id === undefined || value === ''
      ? []
      : [{ orderId: Number(id), months: parseForm({ value }, z.object({ value: months })).value }];
  });
}
