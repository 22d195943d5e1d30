import { z } from 'zod';
import { addDays, type Day } from '../../platform/clock.ts';
import { parseSshKey } from '../../domain/customers/ssh-key.ts';
import { systemName } from '../../domain/catalog/operating-systems.ts';
import { listInvoicesOfOrder, listOpenInvoices } from '../../domain/invoices/invoice-queries.ts';
import type { InvoiceListItem } from '../../domain/invoices/invoice-row.ts';
import { listFurtherAddresses } from '../../domain/networks/network-queries.ts';
import { findComingPrice } from '../../domain/price-changes/price-change-queries.ts';
import { suspensionDatesOf } from '../../domain/orders/billing-terms.ts';
import { listOptionsInService } from '../../domain/orders/order-option-queries.ts';
import {
  getOrderForCustomer,
  listOrderHistory,
  type OrderDetails,
  type OrderHistoryEntry,
} from '../../domain/orders/order-queries.ts';
import type { OrderEventKind } from '../../domain/orders/record-order-event.ts';
import { setOrderAutoRenewal, updateOrderNotes } from '../../domain/orders/order-settings.ts';
import { Money } from '../../domain/money/money.ts';
import type { RateTable } from '../../domain/rates/rate-table.ts';
import { setFlash } from '../../web/flash.ts';
import { parseForm, parseId } from '../../web/parse-request.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { howToConnect } from '../../web/rendering/how-to-connect.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { topUpOffer } from '../invoices/top-up-offer.ts';
import { eventText } from './order-event-text.ts';
import { NOTE_FIELDS, OrderNotes, type OrderNotesErrors, readOrderNotes } from './order-notes-form.ts';

export async function showOrder(context: CustomerRequest) {
  const refused = refusedForm(context.req, '/orders/:id/comment', OrderNotes);
  await renderOrder(context, refused && (readOrderNotes(refused.typed).refused ?? null));
}

/** The customer's own name and comment for an order (rule O1). */
export async function submitComment(context: CustomerRequest) {
  const { db, req, res, viewer, t } = context;
  const orderId = parseId(req.params['id']);
  const { notes, refused } = readOrderNotes(parseForm(req.body, OrderNotes));
  if (refused) return renderOrder(context, refused);
  await updateOrderNotes(db, viewer.customerId, orderId, notes);
  setFlash(req, 'success', t('orders.show.flash.notes_saved'));
  res.redirect(303, `/orders/${orderId}`);
}

const ENABLED = { on: true, off: false, account: null } as const;
const AutoRenewal = z.object({ enabled: z.enum(['on', 'off', 'account']) });

export async function submitAutoRenewal({ db, clock, req, res, viewer, t }: CustomerRequest) {
  const orderId = parseId(req.params['id']);
  const { enabled } = parseForm(req.body, AutoRenewal);
  const { customerId, userId } = viewer;
  await setOrderAutoRenewal(db, clock, { customerId, userId, orderId, enabled: ENABLED[enabled] });
  setFlash(req, 'success', t('orders.show.flash.auto_renewal_set'));
  res.redirect(303, `/orders/${orderId}`);
}

async function renderOrder(context: CustomerRequest, refused: OrderNotesErrors | null) {
  await renderPage(context, 'orders/show', await orderPage(context, refused), { status: refused ? 422 : 200 });
}

/** Everything about one order; with what was typed when its notes were refused. */
async function orderPage(context: CustomerRequest, refused: OrderNotesErrors | null) {
  const { db, clock, rates, req, t, locale, viewer } = context;
  const today = clock.today();
  const order = await getOrderForCustomer(db, viewer.customerId, parseId(req.params['id']), today);
  const [invoices, open, history, catalog, comingPrice, further, options, table, helpers] = await Promise.all([
    listInvoicesOfOrder(db, viewer.customerId, order.id, today),
    listOpenInvoices(db, order.id),
    listOrderHistory(db, order.id),
    context.catalog.current(),
    findComingPrice(db, order.id),
    listFurtherAddresses(db, order.id),
    listOptionsInService(db, order.id, today),
    rates.current(),
    context.helpers(),
  ]);
  const notes = refused?.typed ?? { comment: order.comment, serviceName: order.serviceName };
  const renewal = open.find(({ kind }) => kind === 'renewal');
  const toPay = open.find(({ kind }) => kind === 'new_order') ?? renewal ?? open[0];
  const invoice = invoices.find(({ id }) => id === toPay?.id);
  const dates = suspensionDatesOf(order, catalog.get(order.category));
  return {
    title: t('common.order_number', { id: order.id }),
    name: order.hostname || order.serviceName || t('common.order_number', { id: order.id }),
    order,
    comingPrice,
    further,
    payment: invoice && toPay ? { ...paymentOf(context, table, invoice), kind: toPay.kind } : null,
    dates,
    credited: creditedAtEnd(history),
    invoices: invoices.slice(0, INVOICES_SHOWN),
    invoiceCount: invoices.length,
    ahead: aheadOf(
      order,
      { invoiced: renewal !== undefined, dates, today, invoiceDays: catalog.get(order.category).invoiceDays },
      helpers,
    ),
    history: history.map((event) => ({ ...event, tone: toneOf(event.kind), text: eventText(event, helpers) })),
    options: options.map(({ names, endsOn }) => optionText(names[locale] ?? '', endsOn, helpers)).join(', '),
    system: systemName(order.os),
    connect: connectOf(order, context),
    autoRenewal: autoRenewalOf(order, helpers),
    /** The form of the notes is open: what was typed was refused. */
    notesRefused: refused !== null,
    notes: NOTE_FIELDS.map(({ name, field, max }) => ({
      name,
      max,
      label: t(`terms.order_field.${name}`),
      value: notes[field],
      error: refused?.invalid.includes(name) && t('errors.field.words', { max }),
    })),
  };
}
export type OrderPage = PageOf<typeof orderPage>;

/** What was credited for unused days when the order was cancelled. */
function creditedAtEnd(history: OrderHistoryEntry[]): Money | null {
  const { credited, currency } = history.find(({ kind }) => kind === 'cancelled')?.details ?? {};
  return typeof credited === 'string' && typeof currency === 'string' ? Money.of(credited, currency) : null;
}

const optionText = (name: string, endsOn: Day | null, { t, dayText }: ViewHelpers) =>
  endsOn === null ? name : t('orders.show.option_until', { name, day: dayText(endsOn) });

/** How to get into a server that runs, with the key it was ordered with. */
function connectOf(order: OrderDetails, { locale, t }: CustomerRequest) {
  const { ip, hostname, status, howToConnect: words, sshKey } = order;
  if (ip === null || !['active', 'overdue'].includes(status)) return null;
  const key = sshKey === '' ? null : parseSshKey(sshKey);
  return {
    lines: howToConnect(words, { ip, hostname }, { locale, t }),
    key: key === null || typeof key === 'string' ? null : key,
  };
}

const INVOICES_SHOWN = 6;

/** What pays the open invoice: the balance, or a top-up of what it lacks. */
function paymentOf(context: CustomerRequest, table: RateTable, invoice: InvoiceListItem) {
  const after = context.viewer.balance.minus(invoice.total);
  return {
    invoice,
    before: context.viewer.balance,
    after,
    topUp: after.isNegative ? topUpOffer(context, table, after.negated(), [invoice.id]) : null,
  };
}

type SuspensionDates = ReturnType<typeof suspensionDatesOf>;

const GOOD: OrderEventKind[] = ['activated', 'renewed', 'resumed'];
const BAD: OrderEventKind[] = ['suspended', 'cancelled'];

const toneOf = (kind: OrderEventKind) => (GOOD.includes(kind) ? 'good' : BAD.includes(kind) ? 'bad' : 'plain');

/** What is going to happen unless something is done, the furthest first. */
function aheadOf(
  { status, paidUntil, endsAtPeriod }: OrderDetails,
  {
    invoiced,
    dates,
    today,
    invoiceDays,
  }: { invoiced: boolean; dates: SuspensionDates; today: Day; invoiceDays: number },
  { t }: ViewHelpers,
): { day: Day; text: string }[] {
  if (paidUntil === null || status === 'cancelled') return [];
  if (endsAtPeriod) return [{ day: paidUntil, text: t('orders.show.ahead.ends') }];
  const renewal = addDays(paidUntil, -invoiceDays);
  return [
    dates && { day: dates.cancelledOn, text: t('orders.show.ahead.cancelled') },
    dates?.suspendedOn && { day: dates.suspendedOn, text: t('orders.show.ahead.suspended') },
    status === 'active' && !invoiced && renewal > today && { day: renewal, text: t('orders.show.ahead.renewal') },
  ].filter((event) => typeof event === 'object' && event !== null);
}

/** Whether the order renews itself, who says so, and what can be chosen instead (rule O5). */
function autoRenewalOf({ autoRenewal, accountAutoRenewal, inPaidPeriod, status }: OrderDetails, { t }: ViewHelpers) {
  const enabled = autoRenewal ?? accountAutoRenewal;
  const all = [
    { value: 'account', label: t('orders.show.auto_renewal_as_account') },
    { value: 'on', label: t('common.on') },
    { value: 'off', label: t('common.off') },
  ];
  const off = [{ value: 'off', label: t('orders.show.auto_renewal_switch_off') }];
  return {
    enabled,
    chosen: autoRenewal === null ? 'account' : autoRenewal ? 'on' : 'off',
    choices: inPaidPeriod ? all : enabled && status !== 'cancelled' ? off : [],
  };
}
