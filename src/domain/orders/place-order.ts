import { addDays, type Clock } from '../../platform/clock.ts';
import type { Db, Transaction } from '../../platform/db/database.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { NotFound, PlanSoldOut, PriceChanged, SomethingChanged } from '../errors.ts';
import type { Money } from '../money/money.ts';
import {
  listOfferedPlans,
  type OfferedLocation,
  type OfferedPlan,
  type PlanOption,
} from '../catalog/plan-list-queries.ts';
import type { Location } from '../catalog/plan.ts';
import { reserveFor } from './reserve.ts';
import { loadCatalog } from '../catalog/category-queries.ts';
import type { PeriodPrice } from '../catalog/plan-price.ts';
import { getCustomer } from '../customers/customer-queries.ts';
import type { NewInvoiceLine, Seller } from '../invoices/invoice.ts';
import { issueInvoice } from '../invoices/issue-invoice.ts';
import { enqueueMail } from '../notifications/enqueue-mail.ts';
import type { NewOrder, PlacedOrder } from './new-order.ts';
import { optionPrice, recurringPrice, totalOf } from './order-price.ts';
import { findPlacedOrder } from './placed-order-queries.ts';
import { recordOrderEvent } from './record-order-event.ts';

/**
 * Adds an order that awaits its payment, with its options, and the invoice that pays it, at the prices of today with
 * the setup fee, and notifies the customer. The same form sent again returns the order that it has placed.
 * @param how.isPaidNext it is paid at once, and only the payment is written about; should that fail, the caller writes
 * @throws {NotFound} when the plan is not offered for that period in the account currency, is not sold there,
 * or has no such option
 * @throws {PlanSoldOut} @throws {LocationSoldOut} @throws {PriceChanged} @throws {AlreadyPlaced} @throws {PlacedOrderCancelled} @throws {SomethingChanged}
 */
export function placeOrder(
  db: Db,
  clock: Clock,
  seller: Seller,
  order: NewOrder,
  how: { isPaidNext?: boolean } = {},
): Promise<PlacedOrder> {
  return inTransaction(db, (trx) => placeOrderIn(trx, clock, seller, order, how));
}

/** `placeOrder` within a transaction. */
export async function placeOrderIn(
  trx: Transaction,
  clock: Clock,
  seller: Seller,
  order: NewOrder,
  { isPaidNext = false }: { isPaidNext?: boolean } = {},
): Promise<PlacedOrder> {
  const placed = await findPlacedOrder(trx, order);
  if (placed) return placed;
  const { accountCurrency } = await getCustomer(trx, order.customerId);
  const [plan] = await listOfferedPlans(trx, { currency: accountCurrency, code: order.plan, clock });
  const price = plan?.prices.find(({ months }) => months === order.months);
  if (!plan || !price) throw new NotFound();
  if (plan.soldOut) throw new PlanSoldOut({ plan: plan.name });
  const location = chosenLocation(plan, order.location);
  const options = chosenOptions(plan, order.options ?? []);
  const total = totalOf(plan, price, options);
  if (order.expectedTotal !== undefined && !order.expectedTotal?.equals(total)) throw new PriceChanged({ total });
  const orderId = await insertOrder(trx, clock, order, {
    plan,
    location,
    price: recurringPrice(price, options),
  });
  // The same form was sent twice at the same moment; the other request has committed by now.
  if (orderId === null) return (await findPlacedOrder(trx, order)) ?? refuseChanged();
  await reserveFor(trx, clock, orderId, { plan, location });
  await insertOptions(trx, orderId, options);
  const dueOn = addDays(clock.today(), (await loadCatalog(trx)).get(plan.category).dueDays);
  const invoice = await issueInvoice(trx, clock, {
    customerId: order.customerId,
    kind: 'service',
    currency: accountCurrency,
    dueOn,
    seller,
    lines: linesOf(orderId, order, plan, price, options),
  });
  await recordOrderEvent(trx, clock, {
    orderId,
    customerId: order.customerId,
    kind: 'placed',
    details: { plan: plan.name, months: order.months },
    invoiceId: invoice.id,
    userId: order.userId ?? null,
  });
  if (isPaidNext) return { orderId, invoice, isNew: true };
  await enqueueMail(trx, clock, {
    customerId: order.customerId,
    kind: 'order_placed',
    data: { order: orderId, plan: plan.name, hostname: order.hostname, invoice, total, due_on: dueOn },
  });
  return { orderId, invoice, isNew: true };
}

function refuseChanged(): never {
  throw new SomethingChanged();
}

/** @throws {NotFound} when the plan is not sold there */
function chosenLocation({ locations }: OfferedPlan, code: string | undefined): OfferedLocation {
  const location = locations.find((offered) => (code === undefined ? !offered.soldOut : offered.code === code));
  if (!location) throw new NotFound();
  return location;
}

/** @throws {NotFound} when one is not an option of the plan */
function chosenOptions(plan: OfferedPlan, codes: string[]): PlanOption[] {
  const chosen = plan.options.filter(({ code }) => codes.includes(code));
  if (chosen.length !== new Set(codes).size) throw new NotFound();
  return chosen;
}

async function insertOptions(trx: Transaction, orderId: number, options: PlanOption[]) {
  if (options.length === 0) return;
  await trx('order_options').insert(
    options.map(({ id, monthly }) => ({
      order_id: orderId,
      option_id: id,
      monthly: monthly.toDatabase(),
      currency: monthly.currency,
    })),
  );
}

/** @returns null when the same form is placing its order at this moment */
async function insertOrder(
  trx: Transaction,
  clock: Clock,
  order: NewOrder,
  { plan, location, price }: { plan: OfferedPlan; location: Location; price: Money },
): Promise<number | null> {
  const [row] = await trx('orders')
    .insert({
      customer_id: order.customerId,
      plan_id: plan.id,
      location_id: location.id,
      status: 'awaiting_payment',
      hostname: order.hostname,
      os: order.os,
      ssh_key: order.sshKey ?? '',
      service_name: order.serviceName ?? '',
      comment: order.comment ?? '',
      period_months: order.months,
      price: price.toDatabase(),
      currency: price.currency,
      placement_key: order.placementKey ?? null,
      created_at: clock.now(),
    })
    .onConflict(trx.raw('(customer_id, placement_key) where placement_key is not null'))
    .ignore()
    .returning<{ id: number }[]>('id');
  return row?.id ?? null;
}

function linesOf(
  orderId: number,
  order: NewOrder,
  plan: OfferedPlan,
  { price, months }: PeriodPrice,
  options: PlanOption[],
): NewInvoiceLine[] {
  const line = {
    orderId,
    periodFrom: null,
    periodTo: null,
    details: { plan: plan.name, hostname: order.hostname },
  };
  return [
    { ...line, kind: 'new_order' as const, months, amount: price },
    ...options.map((option) => ({
      ...line,
      kind: 'option' as const,
      months,
      amount: optionPrice(option, months),
      details: { plan: plan.name, option: option.names },
    })),
    ...(plan.setupFee ? [{ ...line, kind: 'setup_fee' as const, months: null, amount: plan.setupFee }] : []),
  ];
}
