import { NotFound, type Refusal } from '../../domain/errors.ts';
import type { Money } from '../../domain/money/money.ts';
import type { RateTable } from '../../domain/rates/rate-table.ts';
import { OPERATING_SYSTEMS } from '../../domain/catalog/operating-systems.ts';
import { listOfferedPlans, type OfferedPlan } from '../../domain/catalog/plan-list-queries.ts';
import type { PlanPrice } from '../../domain/catalog/plan-price.ts';
import { optionPrice, totalOf } from '../../domain/orders/order-price.ts';
import { placeOrder } from '../../domain/orders/place-order.ts';
import { setFlash } from '../../web/flash.ts';
import { listHref } from '../../web/list-address.ts';
import { codeField, parseForm } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import type { PriceEquivalent } from '../../web/rendering/form-helpers.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { priceEquivalents } from '../catalog/price-equivalents.ts';
import {
  emptyForm,
  formAgain,
  type InvalidFields,
  OrderForm,
  type OrderFormValues,
  readOrderForm,
} from './order-form.ts';
import { shownTotal, writeShownPrices } from './shown-prices.ts';

export async function showOrderForm(context: CustomerRequest) {
  const { req } = context;
  const plan = await findPlan(context, req.query['plan']);
  const refused = refusedForm(req, '/orders', OrderForm);
  if (refused) {
    const { typed: sent, refusal } = refused;
    const { invalid } = sent.recalculate ? {} : readOrderForm(plan, sent);
    return renderForm(context, { plan, typed: formAgain(sent, refusal), wasSent: true, invalid, refusal });
  }
  const months = req.query['months'];
  const typed = emptyForm(typeof months === 'string' ? months : '');
  await renderForm(context, { plan, typed, wasSent: false });
}

/** Places the order and leads to its invoice; a price that changed since is shown again first. */
export async function submitOrder(context: CustomerRequest) {
  const { req, res, db, clock, config, viewer, t } = context;
  const sent = parseForm(req.body, OrderForm);
  const plan = await findPlan(context, sent.plan);
  const typed = formAgain(sent);
  // Without a script, what was chosen is calculated here, and nothing is ordered.
  if (sent.recalculate) return renderForm(context, { plan, typed, wasSent: true });
  const { order, invalid } = readOrderForm(plan, sent);
  if (!order) return renderForm(context, { plan, typed, wasSent: true, invalid });
  const { options, key } = typed;
  const { currency } = viewer.balance;
  const expectedTotal = shownTotal(sent.shown_prices, { months: order.months, options, currency });
  try {
    const placed = await placeOrder(db, clock, config.seller, {
      ...order,
      customerId: viewer.customerId,
      plan: plan.code,
      options,
      placementKey: key,
      ...(expectedTotal !== undefined && { expectedTotal }),
    });
    setFlash(req, 'success', t('orders.new.flash.placed', { id: placed.orderId }));
    res.redirect(303, `/invoices/${placed.invoice.id}`);
  } catch (error) {
    const refusal = refusalToShow(error);
    await renderForm(context, { plan, typed: formAgain(sent, refusal), wasSent: true, refusal });
  }
}

async function findPlan({ db, viewer }: CustomerRequest, value: unknown): Promise<OfferedPlan> {
  const parsed = codeField.safeParse(value);
  if (!parsed.success) throw new NotFound();
  const [plan] = await listOfferedPlans(db, { currency: viewer.balance.currency, code: parsed.data });
  if (!plan) throw new NotFound();
  return plan;
}

interface FormState {
  plan: OfferedPlan;
  typed: OrderFormValues;
  /** Once something was chosen, only that is shown; before, each period's price. */
  wasSent: boolean;
  invalid?: InvalidFields | undefined;
  refusal?: Refusal | null;
}

async function renderForm(context: CustomerRequest, form: FormState) {
  const status = form.invalid || form.refusal ? 422 : 200;
  await renderPage(context, 'orders/new', await orderFormPage(context, form), { status });
}

async function orderFormPage(context: CustomerRequest, form: FormState) {
  const { rates, locale, viewer, t } = context;
  const { plan, typed, wasSent, invalid = {}, refusal = null } = form;
  const table = await rates.current();
  const chosenMonths =
    plan.prices.find(({ months }) => String(months) === typed.months)?.months ?? plan.prices[0]?.months;
  const { currency } = viewer.balance;
  return {
    title: t('orders.new.title', { plan: plan.name }),
    ...(wasSent && { here: listHref('/orders/new', {}, { plan: plan.code }) }),
    plan,
    typed,
    chosenMonths,
    periods: plan.prices.map((price) =>
      periodOf(form, price, table, { locale, hidden: wasSent && price.months !== chosenMonths }),
    ),
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
    invalid,
    errors: FIELDS.filter((field) => invalid[field]).map((field) => ({
      href: field === 'months' ? `#months-${plan.prices[0]?.months}` : `#${field}`,
      text: `${t(`orders.new.field.${field}`)}: ${t(`errors.field.${field}`)}`,
    })),
    refusal,
  };
}
export type OrderFormPage = PageOf<typeof orderFormPage>;

const FIELDS = ['months', 'hostname', 'os'] as const;

/** A period with what it costs. */
export interface OrderFormPeriod extends PlanPrice {
  total: Money;
  withoutExtras: Money;
  extras: { code: string; name: string; amount: Money; chosen: boolean }[];
  equivalents: PriceEquivalent[];
  hidden: boolean;
}

function periodOf(
  { plan, typed }: FormState,
  price: PlanPrice,
  table: RateTable,
  { locale, hidden }: { locale: string; hidden: boolean },
): OrderFormPeriod {
  const chosen = plan.options.filter(({ code }) => typed.options.includes(code));
  const total = totalOf(plan, price, chosen);
  return {
    ...price,
    total,
    withoutExtras: totalOf(plan, price, []),
    extras: plan.options.map((option) => ({
      code: option.code,
      name: option.names[locale] ?? option.code,
      amount: optionPrice(option, price.months),
      chosen: chosen.includes(option),
    })),
    equivalents: equivalentsWithRates(table, total),
    hidden,
  };
}

/** With what a script needs to recalculate them while one chooses: units for one of the base currency. */
const equivalentsWithRates = (table: RateTable, price: Money): PriceEquivalent[] =>
  priceEquivalents(table, price).map((equivalent) => ({
    ...equivalent,
    attributes: {
      'data-rate': table.rateOf(equivalent.currency).toFixed(),
      'data-own-rate': table.rateOf(price.currency).toFixed(),
      'data-digits': table.currencies.get(equivalent.currency).minorDigits,
    },
  }));
