import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { OPERATING_SYSTEMS } from '../catalog/operating-systems.ts';
import { listOfferedPlans, type OfferedPlan } from '../catalog/plan-list-queries.ts';
import { NotFound, Refusal } from '../errors.ts';
import type { CustomerViewer } from '../identity/user-queries.ts';
import { Money } from '../money/money.ts';
import { equivalents } from '../rates/convert.ts';
import type { Exchange } from '../web/exchange.ts';
import { setFlash } from '../web/flash.ts';
import { parseForm } from '../web/parse-request.ts';
import { renderPage } from '../web/render.ts';
import { parseHostname } from './hostname.ts';
import { orderServer } from './order-server.ts';
import { totalOf } from './place-order.ts';

type CustomerExchange = Exchange<CustomerViewer>;

interface Typed {
  months: string;
  hostname: string;
  os: string;
  key: string;
}

const code = z.string().regex(/^[a-z0-9-]{1,60}$/);
const amount = z.string().regex(/^\d{1,12}(\.\d{1,4})?$/);

export async function showOrderForm(exchange: CustomerExchange) {
  const { req } = exchange;
  const plan = await findPlan(exchange, req.query['plan']);
  const months = typeof req.query['months'] === 'string' ? req.query['months'] : '';
  const key = randomUUID();
  await renderForm(exchange, plan, { months, hostname: '', os: OPERATING_SYSTEMS[0]?.code ?? '', key }, null);
}

const OrderForm = z.object({
  plan: code,
  months: z.string().max(10).catch(''),
  hostname: z.string().max(1000).catch(''),
  os: z.string().max(100).catch(''),
  key: z.uuid().optional(),
});

/** Places the order and leads to its invoice; a price that changed since is shown again first. */
export async function submitOrder(exchange: CustomerExchange) {
  const { req, res, db, clock, config, viewer, t } = exchange;
  const form = parseForm(req.body, OrderForm);
  const plan = await findPlan(exchange, form.plan);
  const typed = { ...form, key: form.key ?? randomUUID() };
  const price = plan.prices.find(({ months }) => String(months) === form.months);
  const hostname = parseHostname(form.hostname);
  const os = OPERATING_SYSTEMS.find((system) => system.code === form.os);
  if (!price || hostname === null || !os)
    return renderForm(exchange, plan, typed, { months: !price, hostname: hostname === null, os: !os });
  try {
    const placed = await orderServer(db, clock, config.seller, {
      customerId: viewer.customerId,
      plan: plan.code,
      months: price.months,
      hostname,
      os: os.code,
      placementKey: typed.key,
      ...shownTotal(req.body, price.months, viewer.balance.currency),
    });
    setFlash(req, 'success', t('order_form.placed_flash', { id: placed.orderId }));
    res.redirect(303, `/invoices/${placed.invoice.id}`);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 422) throw error;
    await renderForm(exchange, plan, typed, { refusal: error });
  }
}

/** Each period's total as the form showed it, in `total_<months>`; a client without it is trusted to know the price. */
function shownTotal(body: unknown, months: number, currency: string) {
  const parsed = amount.safeParse((body as Record<string, unknown> | undefined)?.[`total_${months}`]);
  return parsed.success ? { expectedTotal: Money.of(parsed.data, currency) } : {};
}

async function findPlan({ db, viewer }: CustomerExchange, value: unknown): Promise<OfferedPlan> {
  const parsed = code.safeParse(value);
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

async function renderForm(exchange: CustomerExchange, plan: OfferedPlan, typed: Typed, fault: Fault | null) {
  const { rates, t } = exchange;
  const table = await rates.current();
  const options = plan.prices.map((price) => {
    const total = totalOf(plan, price);
    return { ...price, total, equivalents: equivalents(table, total) };
  });
  const chosen = options.find(({ months }) => String(months) === typed.months) ?? options[0];
  await renderPage(
    exchange,
    'orders/new',
    {
      title: t('order_form.title', { plan: plan.name }),
      plan,
      options,
      chosen,
      typed,
      systems: OPERATING_SYSTEMS,
      fault: fault ?? {},
      refusal: fault?.refusal ?? null,
    },
    { status: fault ? 422 : 200 },
  );
}
