import { z } from 'zod';
import { addDays, type Day } from '../../platform/clock.ts';
import { sum } from '../../domain/money/money.ts';
import { ENDING_SOON_DAYS } from '../../domain/orders/order.ts';
import type { Renewal } from '../../domain/renewals/new-renewal.ts';
import {
  countRenewableOrders,
  listRenewableOrders,
  MOST_RENEWED_TOGETHER,
  type RenewableOrder,
} from '../../domain/renewals/renewable-orders-queries.ts';
import { setFlash } from '../../web/flash.ts';
import { idField, oneOrMore, parseForm } from '../../web/parse-request.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { Months, PaidUntil, renew, When } from './renewal.ts';

/**
 * The chosen orders, each with its own period; without a choice all that can be renewed, with those that end soon chosen
 * already.
 */
export async function showRenewals(context: CustomerRequest) {
  const { req, res, t } = context;
  if (req.query['order'] !== undefined && !Chosen.safeParse(req.query).success) {
    setFlash(req, 'error', t('orders.renewals.flash.beyond_most', { most: MOST_RENEWED_TOGETHER }));
    return res.redirect(303, '/orders');
  }
  await renderPage(context, 'orders/renewals', await renewalsPage(context));
}

const Chosen = z.object({ order: oneOrMore(idField) });
/** One period for all of them; those that are not sold for it keep their own. */
const ForAll = z.object({ months: Months.optional().catch(undefined) });

async function renewalsPage({ db, clock, req, viewer, t }: CustomerRequest) {
  const { customerId, balance } = viewer;
  const chosen = Chosen.safeParse(req.query);
  const only = chosen.success ? [...new Set(chosen.data.order)] : null;
  const forAll = ForAll.parse(req.query).months ?? null;
  const [listed, all] = await Promise.all([
    listRenewableOrders(db, { customerId, only, today: clock.today() }),
    only ? null : countRenewableOrders(db, customerId),
  ]);
  const orders = listed.map((order) => {
    const selected = only !== null || endsSoon(order, clock.today());
    const sold = order.periods.some((period) => period.months === forAll);
    return { ...order, chosenMonths: selected ? (sold && forAll !== null ? forAll : order.periodMonths) : null };
  });
  const prices = orders.flatMap(({ periods, chosenMonths }) =>
    periods.filter(({ months: length }) => length === chosenMonths).map(({ price }) => price),
  );
  const total = sum(prices, balance.currency);
  return {
    title: t('orders.renewals.title'),
    orders,
    /** How many can be renewed, where all are shown. */
    all: all ?? orders.length,
    /** Orders that were chosen but cannot be renewed. */
    leftOut: only === null ? [] : only.filter((id) => !orders.some((order) => order.id === id)),
    only,
    forAll,
    periods: [...new Set(orders.flatMap(({ periods }) => periods.map(({ months: length }) => length)))].toSorted(
      (a, b) => a - b,
    ),
    replaced: [...new Map(orders.flatMap(({ openInvoice }) => openInvoice ?? []).map((one) => [one.id, one])).values()],
    total,
    balance,
    after: balance.minus(total),
  };
}
export type RenewalsPage = PageOf<typeof renewalsPage>;

const endsSoon = ({ paidUntil, endsAtPeriod }: RenewableOrder, today: Day) =>
  !endsAtPeriod && paidUntil <= addDays(today, ENDING_SOON_DAYS);

export async function submitRenewals(context: CustomerRequest) {
  const { req, res, t } = context;
  const renewals = chosenRenewals(req.body);
  if (renewals.length === 0) {
    setFlash(req, 'error', t('orders.renewals.flash.none_chosen'));
    return res.redirect(303, '/orders/renewals');
  }
  await renew(context, renewals, parseForm(req.body, z.object({ pay: When })).pay);
}

const Choice = z.object({ months: Months, paidUntil: PaidUntil });

/** The fields `order[ID]` = months, where a dash is none, and `paid_until[ID]`. */
function chosenRenewals(body: unknown): Renewal[] {
  const fields = (body ?? {}) as Record<string, unknown>;
  return Object.entries(fields).flatMap(([name, value]) => {
    const id = /^order\[([1-9]\d{0,14})\]$/.exec(name)?.[1];
    if (id === undefined || value === '') return [];
    const { months, paidUntil } = parseForm({ months: value, paidUntil: fields[`paid_until[${id}]`] }, Choice);
    return [{ orderId: Number(id), months, ...(paidUntil && { paidUntil }) }];
  });
}
