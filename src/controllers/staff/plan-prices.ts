import { z } from 'zod';
import { addDays, type Day, isDay } from '../../platform/clock.ts';
import { NotFound, type Refusal } from '../../domain/errors.ts';
import type { Category } from '../../domain/catalog/category.ts';
import { getEditedPlan } from '../../domain/catalog/edited-plan-queries.ts';
import type { EditedPlan } from '../../domain/catalog/edited-plan.ts';
import { proposePrice, ROUNDING_RULES } from '../../domain/catalog/propose-price.ts';
import { typedAmount } from '../../domain/money/format-money.ts';
import { Exact, Money } from '../../domain/money/money.ts';
import { type AmountProblem, parseAmount } from '../../domain/money/parse-amount.ts';
import {
  findWaitingChange,
  getPriceMatrix,
  listAffectedOrders,
  listPriceChanges,
} from '../../domain/price-changes/price-change-queries.ts';
import {
  type CellChange,
  cellKey,
  changedCells,
  type MatrixCell,
  type MatrixRow,
  type PriceMatrix,
  SETUP,
} from '../../domain/price-changes/price-matrix.ts';
import { firstDayForRunning, savePrices, withdrawPrices } from '../../domain/price-changes/save-prices.ts';
import { sumInBase } from '../../domain/rates/convert.ts';
import type { RateTable } from '../../domain/rates/rate-table.ts';
import { setFlash } from '../../web/flash.ts';
import { parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import {
  choiceField,
  dayFrom,
  readForm,
  shownFields,
  summaryOf,
  type TypedForm,
  untouched,
  wholeField,
} from '../../web/typed-form.ts';

/** What running orders do: keep their price, or follow. */
const RUNNING = ['keep', 'follow'] as const;
const NOTICE_DAYS = 30;

const Sent = z.record(z.string(), z.unknown());

/** What the page and its form are about. */
interface PricedPlan {
  plan: EditedPlan;
  category: Category;
  table: RateTable;
  /** In which the plan is priced, in the order of the currencies. */
  currencies: string[];
  rows: MatrixRow[];
  cells: MatrixCell[];
}

/** The matrix as it was typed. */
interface SentPrices {
  /** By the keys of the cells. */
  typed: Record<string, string>;
  problems: Record<string, AmountProblem>;
  prices: PriceMatrix;
  settings: TypedForm<'valid_from' | 'running' | 'notice_days' | 'rounding' | 'source' | 'version'>;
  /** Null while something is wrong. */
  values: { validFrom: Day; running: { noticeDays: number } | null; version: number } | null;
}

/** What a plan costs, in each currency and for each period; what is typed becomes valid on a day. */
export async function showPlanPrices(context: StaffRequest) {
  const priced = await pricedPlanOf(context);
  const refused = refusedForm(context.req, '/staff/plans/:id/prices', Sent);
  const sent = refused ? await readPrices(context, priced, refused.typed) : await presentPrices(context, priced);
  await renderPrices(context, priced, sent, refused?.refusal ?? null);
}

/** Saves the prices; or, without saving, proposes those of other currencies, or shows what would change. */
export async function submitPlanPrices(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const priced = await pricedPlanOf(context);
  const body = (req.body ?? {}) as Record<string, unknown>;
  const sent = await readPrices(context, priced, body);
  const { plan, cells } = priced;
  if (body['intent'] === 'propose')
    return renderPrices(
      context,
      priced,
      await readPrices(context, priced, { ...body, ...proposals(context, priced, sent) }),
    );
  if (body['intent'] === 'show') return renderPrices(context, priced, sent);
  if (!sent.values || Object.keys(sent.problems).length > 0) return renderPrices(context, priced, sent, null, 422);
  try {
    const { prices, values } = sent;
    await savePrices(db, clock, { by: viewer.userId, planId: plan.id, cells, prices, ...values });
    const { dayText } = await context.helpers();
    setFlash(req, 'success', t('staff.prices.flash.saved', { day: dayText(values.validFrom) }));
    res.redirect(303, `/staff/plans/${plan.id}/prices`);
  } catch (error) {
    await renderPrices(context, priced, sent, refusalToShow(error), 422);
  }
}

/** Takes back prices that are to come. */
export async function submitPriceWithdrawal(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const planId = parseId(req.params['id']);
  await withdrawPrices(db, clock, { by: viewer.userId, planId, changeId: parseId(req.params['change']) });
  setFlash(req, 'success', t('staff.prices.flash.withdrawn'));
  res.redirect(303, `/staff/plans/${planId}/prices`);
}

/** @throws {NotFound} */
async function pricedPlanOf({ req, db, catalog, rates }: StaffRequest): Promise<PricedPlan> {
  const [plan, known, table] = await Promise.all([
    getEditedPlan(db, parseId(req.params['id'])),
    catalog.current(),
    rates.current(),
  ]);
  const category = known.find(plan.category);
  if (!category) throw new NotFound();
  const currencies = table.currencies.priced.map(({ code }) => code);
  const rows: MatrixRow[] = [...category.periods, SETUP];
  const cells = rows.flatMap((row) => currencies.map((currency) => ({ row, currency })));
  return { plan, category, table, currencies, rows, cells };
}

const inputOf = (cell: MatrixCell) => `price_${cellKey(cell)}`;

/** The prices that are in force on the day from which others can be valid. */
async function presentPrices(context: StaffRequest, priced: PricedPlan): Promise<SentPrices> {
  const { db, clock, locale } = context;
  const { plan, table, cells, currencies } = priced;
  const saved = await listPriceChanges(db, plan.id);
  const today = clock.today();
  const waiting = findWaitingChange(saved, today);
  const prices = await getPriceMatrix(db, plan.id, waiting?.validFrom ?? today);
  const isNew = prices.size === 0;
  const settings = {
    valid_from: isNew ? today : addDays(today, 1),
    running: 'keep',
    notice_days: String(NOTICE_DAYS),
    rounding: 'ninety',
    source: currencies[0] ?? '',
    version: String(saved[0]?.version ?? 0),
  };
  const typed = cells.map((cell): [string, string] => {
    const price = prices.get(cellKey(cell));
    return [cellKey(cell), price ? typedAmount(price, table.currencies.get(cell.currency), locale) : ''];
  });
  return { typed: Object.fromEntries(typed), problems: {}, prices, settings: untouched(settings), values: null };
}

async function readPrices(
  context: StaffRequest,
  { table, cells, currencies }: PricedPlan,
  body: Record<string, unknown>,
): Promise<SentPrices> {
  const { clock, locale } = context;
  const { dayText } = await context.helpers();
  const typed: Record<string, string> = {};
  const problems: Record<string, AmountProblem> = {};
  const prices = new Map<string, Money>();
  for (const cell of cells) {
    const key = cellKey(cell);
    const value = body[inputOf(cell)];
    const text = typeof value === 'string' ? value.trim().slice(0, 40) : '';
    typed[key] = text;
    // Nothing typed: it is not sold for that period in that currency.
    if (text === '') continue;
    const read = parseAmount(text, table.currencies.get(cell.currency), locale);
    if (read.money) prices.set(key, read.money);
    else if (read.problem !== 'zero' || cell.row !== SETUP) problems[key] = read.problem;
  }
  const today = clock.today();
  const notice = readForm(body, { notice_days: wholeField(0, 365), running: choiceField(RUNNING) }).values;
  const follow = notice?.running === 'follow' ? { noticeDays: notice.notice_days } : null;
  const first = follow ? firstDayForRunning(today, follow.noticeDays) : today;
  const settings = readForm(body, {
    valid_from: dayFrom(first, dayText(first)),
    running: choiceField(RUNNING),
    notice_days: wholeField(0, 365),
    rounding: choiceField(ROUNDING_RULES),
    source: choiceField(currencies),
    version: wholeField(0, 999_999),
  });
  const values = settings.values && {
    validFrom: settings.values.valid_from,
    running: follow,
    version: settings.values.version,
  };
  return { typed, problems, prices, settings, values };
}

/** What the prices of one currency come to in the others, rounded as it was chosen. */
function proposals({ locale }: StaffRequest, { table, cells }: PricedPlan, { prices, settings }: SentPrices) {
  const { source } = settings.typed;
  const rule = ROUNDING_RULES.find((each) => each === settings.typed.rounding) ?? 'exact';
  const proposed: Record<string, string> = {};
  for (const cell of cells) {
    const entered = prices.get(cellKey({ ...cell, currency: source }));
    const exact = entered && cell.currency !== source && exactly(table, entered, cell.currency);
    if (!exact) continue;
    const minor = table.currencies.get(cell.currency);
    proposed[inputOf(cell)] = typedAmount(proposePrice(exact, rule, minor), minor, locale);
  }
  return proposed;
}

/** At the rates of today, without their markup; null where one is missing. */
function exactly(table: RateTable, money: Money, to: string): Exact | null {
  if (!table.has(money.currency) || !table.has(to)) return null;
  return money.amount.dividedBy(table.rateOf(money.currency)).times(table.rateOf(to));
}

async function renderPrices(
  context: StaffRequest,
  priced: PricedPlan,
  sent: SentPrices,
  refusal: Refusal | null = null,
  status = 200,
) {
  await renderPage(context, 'staff/plan-prices', await planPricesPage(context, priced, sent, refusal), { status });
}

async function planPricesPage(context: StaffRequest, priced: PricedPlan, sent: SentPrices, refusal: Refusal | null) {
  const { db, clock, t } = context;
  const { plan, category, table, currencies, rows, cells } = priced;
  const helpers = await context.helpers();
  const today = clock.today();
  const validFrom =
    sent.values?.validFrom ?? (isDay(sent.settings.typed.valid_from) ? sent.settings.typed.valid_from : today);
  const [before, now, saved] = await Promise.all([
    getPriceMatrix(db, plan.id, sent.values ? validFrom : today),
    getPriceMatrix(db, plan.id, today),
    listPriceChanges(db, plan.id),
  ]);
  const changes = changedCells(cells, before, sent.prices);
  const byKey = new Map(changes.map((change) => [cellKey(change), change]));
  const affected = await listAffectedOrders(db, plan.id, changes);
  const { source } = sent.settings.typed;
  const fields = shownFields(
    sent.settings,
    {
      valid_from: t('staff.prices.valid_from'),
      running: t('staff.prices.running'),
      notice_days: t('staff.prices.notice_days'),
      rounding: t('staff.prices.rounding'),
      source: t('staff.prices.source'),
      version: '',
    },
    t,
  );
  const rowText = (row: MatrixRow) => (row === SETUP ? t('staff.prices.setup') : t('common.months', { count: row }));
  const shownCell = (cell: MatrixCell) => {
    const key = cellKey(cell);
    const problem = sent.problems[key];
    const entered = sent.prices.get(cellKey({ ...cell, currency: source }));
    const exact = entered && cell.currency !== source ? exactly(table, entered, cell.currency) : null;
    return {
      name: inputOf(cell),
      label: `${rowText(cell.row)}, ${cell.currency}`,
      value: sent.typed[key] ?? '',
      error: problem ? t(`errors.amount.${problem}`) : null,
      changed: byKey.has(key),
      missing: cell.row !== SETUP && sent.typed[key] === '',
      was: byKey.get(key)?.before ?? null,
      isNew: byKey.has(key) && !byKey.get(key)?.before,
      exact: exact && helpers.moneyText(Money.of(exact.toDecimalPlaces(2).toFixed(2), cell.currency)),
    };
  };
  const matrix = rows.map((row) => ({
    label: rowText(row),
    row,
    cells: currencies.map((currency) => ({ currency, ...shownCell({ row, currency }) })),
  }));
  const waiting = findWaitingChange(saved, today);
  return {
    title: t('staff.prices.title', { plan: plan.name }),
    plan,
    category,
    refusal,
    currencies,
    matrix,
    fields,
    roundings: ROUNDING_RULES.map((rule) => ({ value: rule, label: t(`staff.prices.rule.${rule}`) })),
    sources: currencies.map((code) => ({ value: code, label: code })),
    validFrom,
    follows: sent.settings.typed.running === 'follow',
    changed: changes.length,
    affected: affectedText(affected, changes, { table, helpers }),
    ratesOf: [
      ...new Set(currencies.flatMap((code) => (table.has(code) ? table.used(currencies[0] ?? code, code) : []))),
    ],
    history: saved,
    waiting: waiting
      ? {
          ...waiting,
          changes: changedCells(cells, now, await getPriceMatrix(db, plan.id, waiting.validFrom)).map((change) => ({
            ...change,
            label: `${rowText(change.row)}, ${change.currency}`,
          })),
        }
      : null,
    errors: [
      ...matrix.flatMap((row) =>
        row.cells.flatMap(({ name, label, error }) =>
          error === null ? [] : [{ href: `#${name}`, text: `${label}: ${error}` }],
        ),
      ),
      ...summaryOf(fields),
    ],
  };
}
export type PlanPricesPage = PageOf<typeof planPricesPage>;
export type MatrixRowShown = PlanPricesPage['matrix'][number];

/** How many orders would follow, and what that comes to a month. */
function affectedText(
  { atListPrice, others }: Awaited<ReturnType<typeof listAffectedOrders>>,
  changes: CellChange[],
  { table, helpers }: { table: RateTable; helpers: Awaited<ReturnType<StaffRequest['helpers']>> },
) {
  const currencies = [...new Set(changes.map(({ currency }) => currency))];
  const byCurrency = currencies.flatMap((currency) => {
    const orders = atListPrice.filter((order) => order.currency === currency);
    if (orders.length === 0) return [];
    const exact = orders.reduce(
      (sum, { before, after, months }) => sum.plus(after.minus(before).amount.dividedBy(months)),
      new Exact(0),
    );
    const { minorDigits } = table.currencies.get(currency);
    return [{ currency, orders: orders.length, monthly: Money.of(exact.toDecimalPlaces(minorDigits), currency) }];
  });
  return {
    orders: atListPrice.length,
    others,
    byCurrency,
    inBase:
      byCurrency.length > 1
        ? sumInBase(
            table,
            byCurrency.map(({ monthly }) => monthly),
          )
        : null,
    text: helpers.countText(atListPrice.length),
  };
}
