import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { NotFound, PlacedOrderCancelled, Refusal } from '../../domain/errors.ts';
import { Exact, Money, sum } from '../../domain/money/money.ts';
import { equivalents } from '../../domain/rates/convert.ts';
import { OPERATING_SYSTEMS } from '../../domain/catalog/operating-systems.ts';
import { listOfferedPlans, type OfferedPlan } from '../../domain/catalog/plan-list-queries.ts';
import { parseHostname } from '../../domain/orders/hostname.ts';
import { optionPrice, totalOf } from '../../domain/orders/order-price.ts';
import { placeOrder } from '../../domain/orders/place-order.ts';
import { setFlash } from '../../web/flash.ts';
import { listHref } from '../../web/list-address.ts';
import { codeField, oneOrMore, parseForm } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';

interface Typed {
  months: string;
  hostname: string;
  os: string;
  option: string[];
  key: string;
}

const amount = z.string().regex(/^\d{1,12}(\.\d{1,4})?$/);

export async function showOrderForm(context: CustomerRequest) {
  const { req } = context;
  const plan = await findPlan(context, req.query['plan']);
  const refused = refusedForm(req, '/orders', OrderForm);
  if (refused) {
    const fault = faultOf(plan, refused.typed) ?? (refused.refusal && { refusal: refused.refusal });
    const typed = typedOf(refused.typed);
    return renderForm(context, plan, { ...typed, key: keyFor(typed, refused.refusal) }, fault);
  }
  const asked = req.query['months'];
  const months = typeof asked === 'string' ? asked : '';
  const os = OPERATING_SYSTEMS[0]?.code ?? '';
  await renderForm(context, plan, { months, hostname: '', os, option: [], key: randomUUID() }, null, false);
}

const OrderForm = z.object({
  plan: codeField,
  months: z.string().max(10).catch(''),
  hostname: z.string().max(1000).catch(''),
  os: z.string().max(100).catch(''),
  option: oneOrMore(codeField).optional(),
  key: z.uuid().optional(),
  recalculate: z.string().optional(),
});

const typedOf = (form: z.infer<typeof OrderForm>): Typed => ({
  ...form,
  option: form.option ?? [],
  key: form.key ?? randomUUID(),
});

const readForm = (plan: OfferedPlan, form: z.infer<typeof OrderForm>) => ({
  price: plan.prices.find(({ months }) => String(months) === form.months),
  hostname: parseHostname(form.hostname),
  os: OPERATING_SYSTEMS.find((system) => system.code === form.os),
});

/** A form whose order was cancelled places a new one when it is sent once more. */
const keyFor = ({ key }: Typed, refusal: Refusal | null) =>
  refusal?.key === new PlacedOrderCancelled({}).key ? randomUUID() : key;

/** What cannot be ordered so; not of a form that was only recalculated. */
function faultOf(plan: OfferedPlan, form: z.infer<typeof OrderForm>): Fault | null {
  if (form.recalculate) return null;
  const { price, hostname, os } = readForm(plan, form);
  if (price && hostname !== null && os) return null;
  return { months: !price, hostname: hostname === null, os: !os };
}

/** Places the order and leads to its invoice; a price that changed since is shown again first. */
export async function submitOrder(context: CustomerRequest) {
  const { req, res, db, clock, config, viewer, t } = context;
  const form = parseForm(req.body, OrderForm);
  const plan = await findPlan(context, form.plan);
  const typed = typedOf(form);
  // Without a script, what was chosen is calculated here, and nothing is ordered.
  if (form.recalculate) return renderForm(context, plan, typed, null);
  const { price, hostname, os } = readForm(plan, form);
  if (!price || hostname === null || !os) return renderForm(context, plan, typed, faultOf(plan, form));
  try {
    const placed = await placeOrder(db, clock, config.seller, {
      customerId: viewer.customerId,
      plan: plan.code,
      months: price.months,
      hostname,
      os: os.code,
      options: typed.option,
      placementKey: typed.key,
      ...shownTotal(req.body, price.months, typed.option, viewer.balance.currency),
    });
    setFlash(req, 'success', t('order_form.placed_flash', { id: placed.orderId }));
    res.redirect(303, `/invoices/${placed.invoice.id}`);
  } catch (error) {
    const refusal = refusalToShow(error);
    await renderForm(context, plan, { ...typed, key: keyFor(typed, refusal) }, { refusal });
  }
}

/**
 * What the form showed: each period's total without options in `total_<months>`, each option's month in
 * `monthly_<code>`; a client without them is trusted to know the price.
 */
function shownTotal(body: unknown, months: number, options: string[], currency: string) {
  const fields = (body ?? {}) as Record<string, unknown>;
  const base = amount.safeParse(fields[`total_${months}`]);
  const monthly = options.map((option) => amount.safeParse(fields[`monthly_${option}`]));
  if (!base.success || monthly.some(({ success }) => !success)) return {};
  const extras = monthly.map(({ data }) => Money.of(new Exact(data ?? '0').times(months), currency));
  return { expectedTotal: sum([Money.of(base.data, currency), ...extras], currency) };
}

async function findPlan({ db, viewer }: CustomerRequest, value: unknown): Promise<OfferedPlan> {
  const parsed = codeField.safeParse(value);
  if (!parsed.success) throw new NotFound();
  const [plan] = await listOfferedPlans(db, { currency: viewer.balance.currency, code: parsed.data });
  if (!plan) throw new NotFound();
  return plan;
}

interface Fault {
  months?: boolean;
  hostname?: boolean;
  os?: boolean;
  refusal?: Refusal;
}

async function renderForm(
  context: CustomerRequest,
  plan: OfferedPlan,
  typed: Typed,
  fault: Fault | null,
  submitted = true,
) {
  const { rates, t } = context;
  const table = await rates.current();
  const extras = plan.options.filter(({ code: known }) => typed.option.includes(known));
  const options = plan.prices.map((price) => {
    const total = totalOf(plan, price, extras);
    return {
      ...price,
      total,
      withoutOptions: totalOf(plan, price, []),
      extras: plan.options.map((option) => ({ ...option, amount: optionPrice(option, price.months) })),
      equivalents: equivalents(table, total),
    };
  });
  const chosen = options.find(({ months }) => String(months) === typed.months) ?? options[0];
  await renderPage(
    context,
    'orders/new',
    {
      title: t('order_form.title', { plan: plan.name }),
      ...(submitted && { here: listHref('/orders/new', {}, { plan: plan.code }) }),
      plan,
      options,
      chosen,
      // Once something was chosen, only that is shown; before, each period's price.
      submitted,
      typed,
      systems: OPERATING_SYSTEMS,
      digits: table.currencies.get(context.viewer.balance.currency).minorDigits,
      // For recalculating the equivalents while one chooses: units for one of the base currency.
      rates: Object.fromEntries(
        table.currencies.all
          .filter(({ code: known }) => table.has(known))
          .map(({ code: known, minorDigits }) => [known, { rate: table.rateOf(known).toFixed(), digits: minorDigits }]),
      ),
      fault: fault ?? {},
      refusal: fault?.refusal ?? null,
    },
    { status: fault ? 422 : 200 },
  );
}
