import { addDays } from '../../platform/clock.ts';
import { EmailNotConfirmed, NotFound, type Refusal } from '../../domain/errors.ts';
import { OPERATING_SYSTEMS } from '../../domain/catalog/operating-systems.ts';
import { listOfferedPlans, type OfferedLocation, type OfferedPlan } from '../../domain/catalog/plan-list-queries.ts';
import { sshKeyLine } from '../../domain/customers/ssh-key.ts';
import { keepSshKey, type KeptSshKey, listSshKeys } from '../../domain/customers/ssh-keys.ts';
import { placeOrder } from '../../domain/orders/place-order.ts';
import { setFlash } from '../../web/flash.ts';
import { assertMay, assertMember } from '../../web/guards.ts';
import { listHref } from '../../web/list-address.ts';
import { codeField, parseForm } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
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
import { orderFormPeriod } from './order-form-period.ts';
import { shownTotal, writeShownPrices } from './shown-prices.ts';
import { forgetKeyOfVisitor, keepKeyOfVisitor, keyOfVisitor } from './visitor-key.ts';

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

async function placeFor(context: CustomerRequest, choice: Choice, sent: SentOrderForm, order: ReadOrderForm) {
  const { req, res, db, clock, config, viewer, t } = context;
  const { plan } = choice;
  const { options, key } = formAgain(sent);
  const { currency } = viewer.balance;
  const { customerId } = viewer;
  const { sshKey, location, ...rest } = order;
  const expectedTotal = shownTotal(sent.shown_prices, { months: order.months, options, currency });
  try {
    assertMay(viewer, 'orders:place');
    const isPaidNext = sent.pay === 'now';
    const newOrder = {
      ...rest,
      ...(location !== undefined && { location }),
      ...(sshKey && { sshKey: sshKeyLine(sshKey) }),
      customerId,
      userId: viewer.userId,
      plan: plan.code,
      options,
      placementKey: key,
      ...(expectedTotal !== undefined && { expectedTotal }),
    };
    const placed = await placeOrder(db, clock, config.seller, newOrder, { isPaidNext });
    if (sshKey) await keepSshKey(db, clock, { customerId, key: sshKey });
    forgetKeyOfVisitor(res);
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
    res.redirect(
      303,
      viewer.rights.has('invoices:view') ? `/invoices/${placed.invoice.id}` : `/orders/${placed.orderId}`,
    );
  } catch (error) {
    const refusal = error instanceof EmailNotConfirmed ? error : refusalToShow(error);
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

/** @throws {NotFound} @throws {Forbidden} to staff, who order nothing for themselves, and to members of no customer */
async function choiceOf(context: RequestContext, value: unknown): Promise<Choice> {
  const { db, clock, viewer } = context;
  if (viewer) assertMember(viewer);
  const parsed = codeField.safeParse(value);
  if (!parsed.success) throw new NotFound();
  const shopper = await shopperOf(context);
  const [[plan], kept] = await Promise.all([
    listOfferedPlans(db, { currency: shopper.currency, code: parsed.data, clock }),
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
  const { clock, rates, locale, t } = context;
  const { shopper, plan, kept, typed, invalid = {}, refusal = null } = form;
  const [table, catalog] = await Promise.all([rates.current(), context.catalog.current()]);
  const chosen = plan.prices.find(({ months }) => String(months) === typed.months) ?? plan.prices[0];
  const { currency } = shopper;
  const today = clock.today();
  // Wherever it is ordered it is in service as soon as it is paid.
  const isReadyAtOnce = plan.locations.every(({ automatic }) => automatic);
  const offered = plan.locations.find(({ soldOut }) => !soldOut) ?? plan.locations[0];
  const { customer } = shopper;
  const shown = { plan, customer, options: typed.options, table, currency, locale, today, isReadyAtOnce };
  return {
    title: t('orders.new.title', { plan: plan.name }),
    ...(context.req.method === 'POST' && { here: listHref('/orders/new', {}, { plan: plan.code }) }),
    shopper,
    plan,
    typed,
    kept,
    periods: plan.prices.map((price) => orderFormPeriod(price, price === chosen, shown)),
    locations: plan.locations.map((location): LocationChoice => ({
      ...location,
      chosen: location.code === (typed.location || offered?.code),
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
    dueOn: addDays(today, catalog.get(plan.category).dueDays),
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

/** A location that can be chosen, unless it is sold out. */
interface LocationChoice extends OfferedLocation {
  chosen: boolean;
}
