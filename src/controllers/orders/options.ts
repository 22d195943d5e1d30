import { z } from 'zod';
import { NotFound, OptionsAlreadyAdded, OrderStateRefused, type Refusal } from '../../domain/errors.ts';
import { Money, sum } from '../../domain/money/money.ts';
import { joinNames } from '../../platform/i18n/names.ts';
import { listOpenInvoices } from '../../domain/invoices/invoice-queries.ts';
import { optionPrice } from '../../domain/orders/order-price.ts';
import { getOrderForCustomer, type OrderDetails } from '../../domain/orders/order-queries.ts';
import { addOptions, dropOption, keepOption } from '../../domain/plan-changes/change-options.ts';
import { listOptionsOfOrder, type OptionOffer } from '../../domain/plan-changes/option-offers-queries.ts';
import { setFlash } from '../../web/flash.ts';
import { codeField, oneOrMore, parseForm, parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { keptRefusal } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { payAtOnce } from '../invoices/pay-at-once.ts';
import { shownPeriod } from './shown-period.ts';

const Chosen = z.object({ option: oneOrMore(codeField).optional().catch(undefined) });

/** The options of an order and those that can be added; with `?option=` what adding them costs, line by line. */
export async function showOptions(context: CustomerRequest) {
  const { req, t } = context;
  const { option = [] } = Chosen.parse(req.query);
  if (option.length === 0 && req.query['chosen'] !== undefined)
    setFlash(req, 'error', t('orders.options.flash.none_chosen'));
  await renderOptions(context, option, keptRefusal(req));
}

const Addition = Chosen.extend({
  amount: z
    .string()
    .regex(/^\d{1,12}(\.\d{1,4})?$/)
    .optional(),
  pay: z.enum(['now', 'later']).catch('later'),
});

/** Adds options: makes their invoice, and pays it where that is asked for; an amount that changed is shown again first. */
export async function submitOptions(context: CustomerRequest) {
  const { req, res, db, clock, config, viewer, t } = context;
  const orderId = parseId(req.params['id']);
  const { option = [], amount, pay } = parseForm(req.body, Addition);
  const { customerId, userId } = viewer;
  if (option.length === 0) {
    setFlash(req, 'error', t('orders.options.flash.none_chosen'));
    return res.redirect(303, `/orders/${orderId}/options`);
  }
  try {
    const invoice = await addOptions(db, clock, config.seller, {
      customerId,
      userId,
      orderId,
      options: option,
      isPaidNext: pay === 'now',
      ...(amount !== undefined && { expected: Money.of(amount, viewer.balance.currency) }),
    });
    const back = `/orders/${orderId}`;
    const issued = t(invoice ? 'orders.options.flash.issued' : 'orders.options.flash.added');
    if (invoice && pay === 'now') return await payAtOnce(context, { id: invoice.id, issued, back });
    setFlash(req, 'success', issued);
    res.redirect(303, invoice ? `/invoices/${invoice.id}` : back);
  } catch (error) {
    if (error instanceof OptionsAlreadyAdded) {
      // Pressed in a second tab, or once more after the answer was lost.
      const { refusalText } = await context.helpers();
      setFlash(req, 'success', refusalText(error));
      return res.redirect(303, `/orders/${orderId}`);
    }
    await renderOptions(context, option, refusalToShow(error, OrderStateRefused));
  }
}

/** Drops an option at the end of the paid period. */
export async function submitOptionRemoval({ req, res, db, clock, viewer, t }: CustomerRequest) {
  const { orderId, option } = namedIn(req.params);
  await dropOption(db, clock, { customerId: viewer.customerId, userId: viewer.userId, orderId, option });
  setFlash(req, 'success', t('orders.options.flash.dropped'));
  res.redirect(303, `/orders/${orderId}/options`);
}

/** Keeps an option that was dropped. */
export async function undoOptionRemoval({ req, res, db, clock, viewer, t }: CustomerRequest) {
  const { orderId, option } = namedIn(req.params);
  await keepOption(db, clock, { customerId: viewer.customerId, userId: viewer.userId, orderId, option });
  setFlash(req, 'success', t('orders.options.flash.kept'));
  res.redirect(303, `/orders/${orderId}/options`);
}

/** @throws {NotFound} */
function namedIn(params: Record<string, unknown>) {
  const option = codeField.safeParse(params['code']);
  if (!option.success) throw new NotFound();
  return { orderId: parseId(params['id']), option: option.data };
}

async function renderOptions(context: CustomerRequest, codes: string[], refusal: Refusal | null) {
  const page = await optionsPage(context, codes, refusal);
  await renderPage(context, 'orders/options', page, { status: refusal?.status ?? 200 });
}

async function optionsPage(context: CustomerRequest, codes: string[], refusal: Refusal | null) {
  const { db, clock, req, viewer, t } = context;
  const today = clock.today();
  const order = await getOrderForCustomer(db, viewer.customerId, parseId(req.params['id']), today);
  if (!order.inPaidPeriod) throw new OrderStateRefused({ order: order.id, status: order.status });
  const [{ inService, offers }, open] = await Promise.all([
    listOptionsOfOrder(db, order, clock),
    listOpenInvoices(db, order.id),
  ]);
  const chosen = offers.filter(({ code }) => codes.includes(code));
  return {
    title: t('orders.options.title', { id: order.id }),
    order,
    inService: inService.map((option) => ({
      ...option,
      canBeKept: option.endsOn !== null && option.endsOn === order.paidUntil,
    })),
    offers,
    calculation: chosen.length > 0 ? calculationOf(order, chosen, viewer.balance) : null,
    waiting: open.filter(({ kind }) => kind === 'plan_change'),
    renewalOpen: open.some(({ kind }) => kind === 'renewal'),
    balance: viewer.balance,
    refusal,
    ...(refusal && { here: addressOf(order.id, codes) }),
  };
}
export type OptionsPage = PageOf<typeof optionsPage>;

const addressOf = (orderId: number, codes: string[]) =>
  `/orders/${orderId}/options?${new URLSearchParams(codes.map((code) => ['option', code])).toString()}`;

/** What adding options costs, for the days that are paid and from then on. */
function calculationOf(order: OrderDetails, chosen: OptionOffer[], balance: Money) {
  const { currency } = balance;
  const amount = sum(
    chosen.map(({ proration }) => proration.amount),
    currency,
  );
  const each = sum(
    chosen.map((option) => optionPrice(option, order.periodMonths)),
    currency,
  );
  return {
    codes: chosen.map(({ code }) => code),
    names: joinNames(chosen.map(({ names }) => names)),
    lines: chosen.flatMap(({ code, names, proration }) =>
      proration.periods.map((period) => ({ code, names, ...shownPeriod(period) })),
    ),
    amount,
    balanceAfter: balance.minus(amount),
    priceAfter: order.price.plus(each),
  };
}
