import { z } from 'zod';
import { addDays, type Day, isDay } from '../../platform/clock.ts';
import type { Translate } from '../../platform/i18n/i18n.ts';
import { CurrencyInUse, NotFound, RateFileRefused, Refusal } from '../../domain/errors.ts';
import { BASE_CURRENCY, type Currencies, type Currency } from '../../domain/money/currency.ts';
import { Exact } from '../../domain/money/money.ts';
import { readRateFile } from '../../domain/rates/rate-file.ts';
import { listLastFetches, listOpenProposals, listRateHistory, loadRateTable } from '../../domain/rates/rate-queries.ts';
import type { StoredCounts } from '../../domain/rates/store-rates.ts';
import { changeCurrencySettings } from '../../domain/staff/change-currency.ts';
import { decideRateProposal, enterRateByHand, importRateFile } from '../../domain/staff/change-rates.ts';
import { setFlash } from '../../web/flash.ts';
import { mayAct } from '../../web/guards.ts';
import { parseForm, parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { keptRefusal, refusedForm } from '../../web/refused-form.ts';
import { lineChart } from '../../web/rendering/chart.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { StaffRequest } from '../../web/request-context.ts';

interface Fault {
  refusal?: Refusal;
  manual?: { typed: Record<'currency' | 'rate' | 'effective_on', string>; fields: string[] };
  currency?: { code: string; typed: string };
}

export async function showRates(context: StaffRequest) {
  await renderRates(context, await refusedFault(context));
}

/** The fault of whichever of the page's forms was refused last. */
async function refusedFault({ req, rates, clock }: StaffRequest): Promise<Fault | null> {
  const manual = refusedForm(req, '/staff/rates', Manual);
  if (manual) return { manual: readManual(manual.typed, (await rates.current()).currencies, clock.today()) };
  const currency = refusedForm(req, '/staff/currencies/:code', CurrencyChange);
  if (currency && !currency.refusal)
    return { currency: { code: currency.params['code'] ?? '', typed: currency.typed.markup } };
  const refusal = keptRefusal(req);
  return refusal && { refusal };
}

/** Imports a bank's daily file, all or nothing; who did it stands in the audit log. */
export async function importRates(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  try {
    if (!req.file || req.file.size === 0) throw new RateFileRefused({ reason: 'no_file', line: 1, detail: '' });
    const file = readRateFile(req.file.buffer, clock.today());
    const counts = await importRateFile(db, clock, { file, userId: viewer.userId });
    setFlash(req, 'success', withSuperseded(t('staff.rates_imported_flash', countsForWords(counts)), counts, t));
    res.redirect(303, '/staff/rates');
  } catch (error) {
    if (!(error instanceof RateFileRefused)) throw error;
    await renderRates(context, { refusal: error });
  }
}

const countsForWords = (counts: StoredCounts) => ({
  stored: counts.stored.length,
  unchanged: counts.unchanged.length,
  proposed: counts.proposed.length,
});

/** Another rate withdraws one that waited; whoever stores it is told. */
const withSuperseded = (flash: string, { superseded }: StoredCounts, t: Translate): string =>
  superseded.length === 0 ? flash : `${flash} ${t('staff.rates_superseded', { currencies: superseded.join(', ') })}`;

const Manual = z.object({ currency: z.string(), rate: z.string(), effective_on: z.string() });

/** A rate entered by hand: a file of one row, from the source `manual`, under the same guard. */
export async function enterRate(context: StaffRequest) {
  const { req, res, db, clock, rates, viewer, t } = context;
  const typed = parseForm(req.body, Manual);
  const { currencies } = await rates.current();
  const { fields, text } = readManual(typed, currencies, clock.today());
  if (fields.length > 0) return renderRates(context, { manual: { typed, fields } });
  const file = {
    source: 'manual' as const,
    date: typed.effective_on,
    rates: [{ currency: typed.currency, rate: new Exact(text) }],
  };
  const counts = await enterRateByHand(db, clock, { file, userId: viewer.userId });
  setFlash(req, 'success', withSuperseded(t(manualFlash(counts)), counts, t));
  res.redirect(303, '/staff/rates');
}

/** The rate as a plain decimal, and the fields that cannot be right. */
function readManual(typed: z.infer<typeof Manual>, currencies: Currencies, today: Day) {
  const fields: string[] = [];
  const text = typed.rate.trim().replace(',', '.');
  if (!currencies.has(typed.currency) || typed.currency === BASE_CURRENCY) fields.push('currency');
  if (!/^\d{1,12}(\.\d{1,12})?$/.test(text) || new Exact(text).isZero()) fields.push('rate');
  if (!isDay(typed.effective_on) || typed.effective_on > addDays(today, 1)) fields.push('effective_on');
  return { typed, fields, text };
}

function manualFlash({ proposed, unchanged }: StoredCounts): string {
  if (proposed.length > 0) return 'staff.rate_waits_flash';
  return unchanged.length > 0 ? 'staff.rate_known_flash' : 'staff.rate_entered_flash';
}

const Decided = z.object({ decision: z.enum(['confirmed', 'rejected']) });

export async function decideRate(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const proposalId = parseId(req.params['id']);
  const { decision } = parseForm(req.body, Decided);
  try {
    await decideRateProposal(db, clock, { proposalId, decision, userId: viewer.userId });
  } catch (error) {
    return renderRates(context, { refusal: refusalToShow(error) });
  }
  setFlash(req, 'success', t(`staff.rate_${decision}_flash`));
  res.redirect(303, '/staff/rates');
}

const CurrencyChange = z.object({ enabled: z.enum(['on']).optional(), markup: z.string() });

/** Switches a currency on or off and sets its markup, in per cent. */
export async function changeCurrency(context: StaffRequest) {
  const { req, res, db, clock, rates, viewer, t } = context;
  const { currencies } = await rates.current();
  const currency = currencies.all.find(({ code }) => code === req.params['code']);
  if (!currency) throw new NotFound();
  const form = parseForm(req.body, CurrencyChange);
  const percent = form.markup.trim().replace(',', '.');
  if (!/^\d{1,2}(\.\d{1,2})?$/.test(percent))
    return renderRates(context, {
      currency: { code: currency.code, typed: form.markup },
    });
  const enabled = form.enabled === 'on' || currency.code === BASE_CURRENCY;
  const markup = new Exact(percent).dividedBy(100).toFixed();
  try {
    await changeCurrencySettings(db, clock, { code: currency.code, enabled, markup, userId: viewer.userId });
  } catch (error) {
    if (!(error instanceof CurrencyInUse)) throw error;
    return renderRates(context, { refusal: error });
  }
  setFlash(req, 'success', t('staff.currency_changed_flash', { currency: currency.code }));
  res.redirect(303, '/staff/rates');
}

async function renderRates(context: StaffRequest, fault: Fault | null) {
  const { db, clock, config, req, viewer, t } = context;
  // As stored, not as cached: the notice of a change that was just made may still be on its way.
  const table = await loadRateTable(db, clock.today());
  const chosen =
    table.currencies.all.find(({ code }) => code === req.query['currency'] && code !== BASE_CURRENCY)?.code ?? 'USD';
  const [proposals, history, fetches] = await Promise.all([
    listOpenProposals(db),
    listRateHistory(db, chosen),
    listLastFetches(db),
  ]);
  const { dayText, rate } = await context.helpers();
  const points = history.map((stored) => ({
    day: stored.effectiveOn,
    value: stored.rate.toFixed(),
    label: `${dayText(stored.effectiveOn)}: ${rate(stored.rate)}`,
  }));
  await renderPage(
    context,
    'staff/rates',
    {
      title: t('staff.rates'),
      rows: table.currencies.all.map((currency) => ({
        ...currency,
        stored: storedOf(currency),
        markupPercent: currency.markup.times(100).toFixed(),
      })),
      base: BASE_CURRENCY,
      proposals,
      fetches: (['ecb', 'cbr'] as const).map((source) => ({
        source,
        last: fetches.find((fetched) => fetched.source === source) ?? null,
      })),
      chosen,
      history: history.toReversed(),
      chart: lineChart(points, { steps: false, title: t('staff.rate_history', { currency: chosen }) }),
      today: clock.today(),
      maxAgeDays: config.ratesMaxAgeDays,
      mayChange: mayAct(viewer, 'admin'),
      refusal: fault?.refusal ?? null,
      manual: fault?.manual ?? {
        typed: { currency: chosen, rate: '', effective_on: clock.today() },
        fields: [],
      },
      currencyFault: fault?.currency ?? null,
    },
    { status: fault ? 422 : 200 },
  );
  function storedOf({ code }: Currency) {
    if (code === BASE_CURRENCY || !table.has(code)) return null;
    const stored = table.storedRate(code);
    return stored ? { ...stored, stale: table.ageInDays(code, BASE_CURRENCY) > config.ratesMaxAgeDays } : null;
  }
}
