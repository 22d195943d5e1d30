import type { Request } from 'express';
import { addDays, type Day } from '../../platform/clock.ts';
import { Forbidden, NotFound, type Refusal } from '../../domain/errors.ts';
import type { Currency } from '../../domain/money/currency.ts';
import type { Money } from '../../domain/money/money.ts';
import { equivalents } from '../../domain/rates/convert.ts';
import type { RateTable } from '../../domain/rates/rate-table.ts';
import type { CustomerViewer } from '../../domain/identity/user-queries.ts';
import { OPERATING_SYSTEMS } from '../../domain/catalog/operating-systems.ts';
import { listOfferedPlans, type OfferedPlan } from '../../domain/catalog/plan-list-queries.ts';
import { perMonth, type PlanPrice } from '../../domain/catalog/plan-price.ts';
import type { Location } from '../../domain/catalog/plan.ts';
import { type SshKey, sshKeyLine } from '../../domain/customers/ssh-key.ts';
import { keepSshKey, type KeptSshKey, listSshKeys } from '../../domain/customers/ssh-keys.ts';
import { listPooledLocations } from '../../domain/orders/free-address-queries.ts';
import { optionPrice, totalOf } from '../../domain/orders/order-price.ts';
import { paidUntil } from '../../domain/orders/period.ts';
import { NEW_ORDER_DUE_DAYS, placeOrder } from '../../domain/orders/place-order.ts';
import { setFlash } from '../../web/flash.ts';
import { preferenceCookie, readCookie } from '../../web/middleware/cookies.ts';
import { listHref } from '../../web/list-address.ts';
import { codeField, parseForm } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import type { PriceEquivalent } from '../../web/rendering/form-helpers.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest, RequestContext } from '../../web/request-context.ts';
import { forgetShownCurrency, type Shopper, shopperOf } from '../catalog/shopper.ts';
import { payAtOnce } from '../invoices/pay-at-once.ts';
import {
  addressOf,
  emptyForm,
  FIELDS,
  formAgain,
  type InvalidFields,
  OrderForm,
  type OrderFormValues,
  type ReadOrderForm,
  readOrderForm,
  type SentOrderForm,
} from './order-form.ts';
import { shownTotal, writeShownPrices } from './shown-prices.ts';

/** Open to everybody; whoever is not signed in does so before the order is placed, and finds the form as it was. */
export async function showOrderForm(context: RequestContext) {
  const { req } = context;
  const choice = await choiceOf(context, req.query['plan']);
  const refused = refusedForm(req, '/orders', OrderForm);
  if (refused) {
    const { typed: sent, refusal } = refused;
    const { invalid } = sent.recalculate ? {} : readOrderForm(choice.plan, choice.kept, sent);
    return renderForm(context, { ...choice, typed: formAgain(sent, refusal), invalid, refusal });
  }
  await renderForm(context, { ...choice, typed: emptyForm(req.query, choice.kept, keyOfVisitor(req)) });
}

/** Places the order, and pays it at once where that is asked for; a price that changed since is shown again first. */
export async function submitOrder(context: RequestContext) {
  const { req, res } = context;
  const sent = parseForm(req.body, OrderForm);
  const choice = await choiceOf(context, sent.plan);
  const typed = formAgain(sent);
  // Without a script, what was chosen is calculated here, and nothing is ordered.
  if (sent.recalculate) return renderForm(context, { ...choice, typed, isCalculated: true });
  const { order, invalid } = readOrderForm(choice.plan, choice.kept, sent);
  if (!order) return renderForm(context, { ...choice, typed, invalid });
  const { customer } = choice.shopper;
  if (!customer) {
    if (order.sshKey) keepKeyOfVisitor(context, order.sshKey);
    return res.redirect(303, listHref('/login', {}, { next: addressOf(sent) }));
  }
  await placeFor({ ...context, viewer: customer }, choice, sent, order);
}

/** A visitor's key while they sign in: their browser keeps it, and no link can bring another one. */
const KEY_COOKIE = 'order_key';
const KEY_MINUTES = 60;

function keepKeyOfVisitor({ res, config }: RequestContext, key: SshKey) {
  const cookie = { ...preferenceCookie(config.production), path: '/orders', maxAge: KEY_MINUTES * 60_000 };
  res.cookie(KEY_COOKIE, sshKeyLine(key), cookie);
}

function keyOfVisitor(req: Request): string {
  try {
    return decodeURIComponent(readCookie(req, KEY_COOKIE) ?? '');
  } catch {
    return '';
  }
}

async function placeFor(context: CustomerRequest, choice: Choice, sent: SentOrderForm, order: ReadOrderForm) {
  const { req, res, db, clock, config, viewer, t } = context;
  const { plan } = choice;
  const { options, key } = formAgain(sent);
  const { currency } = viewer.balance;
  const { customerId } = viewer;
  const { sshKey, location, ...rest } = order;
  const expectedTotal = shownTotal(sent.shown_prices, { months: order.months, options, currency });
  try {
    const isPaidNext = sent.pay === 'now';
    const newOrder = {
      ...rest,
      ...(location !== undefined && { location }),
      ...(sshKey && { sshKey: sshKeyLine(sshKey) }),
      customerId,
      plan: plan.code,
      options,
      placementKey: key,
      ...(expectedTotal !== undefined && { expectedTotal }),
    };
    const placed = await placeOrder(db, clock, config.seller, newOrder, { isPaidNext });
    if (sshKey) await keepSshKey(db, clock, { customerId, key: sshKey });
    res.clearCookie(KEY_COOKIE, { path: '/orders' });
    forgetShownCurrency(res);
    const issued = t('orders.new.flash.placed', { id: placed.orderId });
    if (isPaidNext)
      return await payAtOnce(context, {
        id: placed.invoice.id,
        issued,
        back: `/orders/${placed.orderId}`,
        isNew: placed.isNew,
      });
    setFlash(req, 'success', issued);
    res.redirect(303, `/invoices/${placed.invoice.id}`);
  } catch (error) {
    const refusal = refusalToShow(error);
    await renderForm(context, { ...choice, typed: formAgain(sent, refusal), refusal });
  }
}

/** What is ordered, by whom. */
interface Choice {
  shopper: Shopper;
  plan: OfferedPlan;
  /** The keys that the customer keeps. */
  kept: KeptSshKey[];
}

/** @throws {NotFound} @throws {Forbidden} to staff, who order nothing for themselves */
async function choiceOf(context: RequestContext, value: unknown): Promise<Choice> {
  const { db, viewer } = context;
  if (viewer?.kind === 'staff') throw new Forbidden();
  const parsed = codeField.safeParse(value);
  if (!parsed.success) throw new NotFound();
  const shopper = await shopperOf(context);
  const [[plan], kept] = await Promise.all([
    listOfferedPlans(db, { currency: shopper.currency, code: parsed.data }),
    shopper.customer ? listSshKeys(db, shopper.customer.customerId) : [],
  ]);
  if (!plan) throw new NotFound();
  return { shopper, plan, kept };
}

interface FormState extends Choice {
  typed: OrderFormValues;
  /** Without a script, the sum of what was chosen. */
  isCalculated?: boolean;
  invalid?: InvalidFields | undefined;
  refusal?: Refusal | null;
}

async function renderForm(context: RequestContext, form: FormState) {
  const status = form.invalid || form.refusal ? 422 : 200;
  await renderPage(context, 'orders/new', await orderFormPage(context, form), { status });
}

async function orderFormPage(context: RequestContext, form: FormState) {
  const { db, clock, rates, locale, t } = context;
  const { shopper, plan, kept, typed, invalid = {}, refusal = null } = form;
  const [table, pooled] = await Promise.all([rates.current(), listPooledLocations(db, clock, plan.id)]);
  const chosen = plan.prices.find(({ months }) => String(months) === typed.months) ?? plan.prices[0];
  const { currency } = shopper;
  const today = clock.today();
  // Wherever it is ordered it is in service as soon as it is paid.
  const isReadyAtOnce = plan.locations.every(({ id }) => pooled.get(id) === true);
  const shown = { form, table, minor: table.currencies.get(currency), locale, today, isReadyAtOnce };
  return {
    title: t('orders.new.title', { plan: plan.name }),
    ...(context.req.method === 'POST' && { here: listHref('/orders/new', {}, { plan: plan.code }) }),
    shopper,
    plan,
    typed,
    kept,
    periods: plan.prices.map((price) => periodOf(price, { ...shown, chosen: price === chosen })),
    locations: plan.locations.map((location): OfferedLocation => ({
      ...location,
      chosen: location.code === (typed.location || plan.locations[0]?.code),
      isEmpty: pooled.get(location.id) === false,
    })),
    extras: plan.options.map(({ code, names, monthly }) => ({
      code,
      name: names[locale] ?? code,
      monthly,
      chosen: typed.options.includes(code),
    })),
    shownPrices: writeShownPrices(plan),
    systems: OPERATING_SYSTEMS,
    currency,
    digits: table.currencies.get(currency).minorDigits,
    dueOn: addDays(today, NEW_ORDER_DUE_DAYS),
    invalid,
    errors: FIELDS.flatMap((field) => {
      const fault = invalid[field];
      if (!fault) return [];
      const href = field === 'months' ? `#months-${plan.prices[0]?.months}` : `#${field}`;
      return [{ href, text: `${t(`orders.new.field.${field}`)}: ${t(`errors.field.${fault}`)}` }];
    }),
    refusal,
  };
}
export type OrderFormPage = PageOf<typeof orderFormPage>;

/** A location that can be chosen. */
interface OfferedLocation extends Location {
  chosen: boolean;
  /** Its pool has no free address now. */
  isEmpty: boolean;
}

/** A period with what it costs. */
export interface OrderFormPeriod extends PlanPrice {
  monthly: Money;
  total: Money;
  withoutExtras: Money;
  extras: { code: string; name: string; amount: Money; chosen: boolean }[];
  equivalents: PriceEquivalent[];
  chosen: boolean;
  /** The customer's balance before and after; null for a visitor. */
  balance: { before: Money; after: Money } | null;
  /** When it is paid today; null where staff set it up on a day of theirs. */
  until: Day | null;
}

interface PeriodContext {
  form: FormState;
  table: RateTable;
  minor: Currency;
  locale: string;
  today: Day;
  isReadyAtOnce: boolean;
  chosen: boolean;
}

function periodOf(price: PlanPrice, shown: PeriodContext): OrderFormPeriod {
  const { form, table, minor, locale, today, isReadyAtOnce, chosen } = shown;
  const { plan, typed, shopper } = form;
  const extras = plan.options.filter(({ code }) => typed.options.includes(code));
  const total = totalOf(plan, price, extras);
  return {
    ...price,
    monthly: perMonth(price, minor),
    total,
    withoutExtras: totalOf(plan, price, []),
    extras: plan.options.map((option) => ({
      code: option.code,
      name: option.names[locale] ?? option.code,
      amount: optionPrice(option, price.months),
      chosen: extras.includes(option),
    })),
    equivalents: equivalentsWithRates(table, total),
    chosen,
    balance: shopper.customer && balanceAfter(shopper.customer, total),
    until: isReadyAtOnce ? paidUntil(today, price.months) : null,
  };
}

const balanceAfter = ({ balance }: CustomerViewer, total: Money) => ({
  before: balance,
  after: balance.minus(total),
});

/** With what a script needs to recalculate them while one chooses: units for one of the base currency. */
const equivalentsWithRates = (table: RateTable, price: Money): PriceEquivalent[] =>
  equivalents(table, price).flatMap(({ currency, conversion }) =>
    conversion?.rateDate
      ? [
          {
            currency,
            money: conversion.money,
            rateDate: conversion.rateDate,
            attributes: {
              'data-rate': table.rateOf(currency).toFixed(),
              'data-own-rate': table.rateOf(price.currency).toFixed(),
              'data-digits': table.currencies.get(currency).minorDigits,
            },
          },
        ]
      : [],
  );
