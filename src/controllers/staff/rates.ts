import type { z } from 'zod';
import { type Translate, wordKey } from '../../platform/i18n/i18n.ts';
import type { Refusal } from '../../domain/errors.ts';
import { BASE_CURRENCY } from '../../domain/money/currency.ts';
import type { FetchFailure } from '../../domain/rates/fetch-rates.ts';
import {
  type LastFetch,
  listLastFetches,
  listOpenProposals,
  listRateHistory,
  loadRateTable,
  type RateHistoryEntry,
} from '../../domain/rates/rate-queries.ts';
import type { RateTable } from '../../domain/rates/rate-table.ts';
import { keptRefusal, refusedForm } from '../../web/refused-form.ts';
import { stepChart } from '../../web/rendering/chart.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import {
  CurrencyForm,
  NewCurrencyForm,
  RATE_SOURCES,
  RateForm,
  type RateFormField,
  readMarkup,
  readRate,
  type SentRate,
} from './rate-form.ts';

/** What was wrong with whichever of the page's forms was sent last. */
interface RatesFault {
  refusal?: Refusal;
  manual?: { typed: SentRate; invalid: RateFormField[] };
  markup?: { code: string; typed: string };
  added?: { typed: z.infer<typeof NewCurrencyForm> };
}

/** Currencies and rates: what waits, what banks send, what is in force, and its history. */
export async function showRates(context: StaffRequest) {
  await renderRates(context, await refusedFault(context));
}

async function refusedFault({ req, rates, clock }: StaffRequest): Promise<RatesFault | null> {
  const manual = refusedForm(req, '/staff/rates', RateForm);
  if (manual) {
    const { invalid } = readRate(manual.typed, (await rates.current()).currencies, clock.today());
    return { manual: { typed: manual.typed, invalid } };
  }
  const currency = refusedForm(req, '/staff/currencies/:code', CurrencyForm);
  if (currency && !currency.refusal && readMarkup(currency.typed.markup) === null)
    return { markup: { code: currency.params['code'] ?? '', typed: currency.typed.markup } };
  const refusal = keptRefusal(req);
  const added = refusedForm(req, '/staff/currencies', NewCurrencyForm);
  if (added) return { added: { typed: added.typed }, ...(refusal && { refusal }) };
  return refusal && { refusal };
}

/** The page, also after a change of rates was refused: see rate-changes.ts. */
export async function renderRates(context: StaffRequest, fault: RatesFault | null) {
  await renderPage(context, 'staff/rates', await ratesPage(context, fault), { status: fault ? 422 : 200 });
}

async function ratesPage(context: StaffRequest, fault: RatesFault | null) {
  const { db, clock, config, req, viewer, t } = context;
  // As stored, not as cached: the notice of a change that was just made may still be on its way.
  const table = await loadRateTable(db, clock.today());
  const { all } = table.currencies;
  const quotable = all.map(({ code }) => code).filter((code) => code !== BASE_CURRENCY);
  const chosen = quotable.find((code) => code === req.query['currency']) ?? 'USD';
  const [proposals, history, fetches, helpers] = await Promise.all([
    listOpenProposals(db),
    listRateHistory(db, chosen),
    listLastFetches(db),
    context.helpers(),
  ]);
  return {
    title: t('staff.rates.title'),
    base: BASE_CURRENCY,
    quotable,
    rows: all.map((currency, index) => {
      const invalid = fault?.markup?.code === currency.code;
      return {
        code: currency.code,
        base: currency.code === BASE_CURRENCY,
        enabled: currency.enabled,
        priced: currency.priced,
        rateSource: currency.rateSource,
        position: index + 1,
        markup: invalid ? (fault.markup?.typed ?? '') : currency.markup.times(100).toFixed(),
        invalid,
        stored: storedOf(table, currency.code, config.ratesMaxAgeDays),
      };
    }),
    proposals,
    fetches: (['ecb', 'cbr'] as const).map((source) => ({
      label: t(`terms.rate_source.${source}`),
      value: fetchText(fetches.find((fetched) => fetched.source === source) ?? null, helpers),
    })),
    chosen,
    history: history.toReversed(),
    chart: rateChart(history, chosen, helpers),
    added: fault?.added?.typed ?? { code: '', rate_source: 'manual' as const },
    addedError: fault?.added && !fault.refusal ? t('errors.field.currency_code') : null,
    sources: RATE_SOURCES.map((source) => ({ value: source, label: t(`terms.rate_source.${source}`) })),
    mayChange: viewer.rights.has('rates:edit'),
    refusal: fault?.refusal ?? null,
    refusalText: fault?.refusal ? refusalTextOf(fault.refusal, helpers) : null,
    errors: errorsOf(fault, t),
    manual: fault?.manual ?? {
      typed: { currency: chosen, rate: '', effective_on: clock.today() },
      invalid: [],
    },
  };
}
export type RatesPage = PageOf<typeof ratesPage>;

/** What is wrong, with a link to each field. */
function errorsOf(fault: RatesFault | null, t: Translate) {
  const { manual, markup, added } = fault ?? {};
  const ofRate = {
    currency: 'errors.field.invalid',
    rate: 'errors.field.rate',
    effective_on: 'errors.field.date',
  } as const;
  return [
    ...(manual?.invalid ?? []).map((field) => ({ href: `#${field}`, text: t(ofRate[field]) })),
    ...(added && !fault?.refusal ? [{ href: '#code', text: t('errors.field.currency_code') }] : []),
    ...(markup
      ? [
          {
            href: `#markup-${markup.code}`,
            text: `${markup.code}: ${t('errors.field.markup', { value: markup.typed })}`,
          },
        ]
      : []),
  ];
}

/** The rate in force; null of the base currency, and where there is none. */
function storedOf(table: RateTable, code: string, maxAgeDays: number) {
  const stored = code === BASE_CURRENCY || !table.has(code) ? null : table.storedRate(code);
  return stored ? { ...stored, stale: table.ageInDays(code, BASE_CURRENCY) > maxAgeDays } : null;
}

function rateChart(history: RateHistoryEntry[], currency: string, { t, dayText, rateText }: ViewHelpers) {
  const points = history.map((stored) => ({
    day: stored.effectiveOn,
    value: stored.rate.toFixed(),
    label: `${dayText(stored.effectiveOn)}: ${rateText(stored.rate)}`,
  }));
  return stepChart(points, { fromZero: false, title: t('staff.rates.history_of', { currency }) });
}

/** How the last fetch from a bank went. */
function fetchText(last: LastFetch | null, { t, markup, dayOfMoment }: ViewHelpers) {
  if (!last) return markup`<span class="quiet">${t('staff.rates.never_fetched')}</span>`;
  const outcome = last.failure
    ? markup`<span class="text-bad">${t('staff.rates.fetch_failed', { reason: failureText(last.failure, t) })}</span>`
    : t('staff.rates.fetch_succeeded', { stored: last.stored, proposed: last.proposed });
  return markup`${dayOfMoment(last.at)}: ${outcome}`;
}

function failureText({ key, data }: FetchFailure, t: ViewHelpers['t']): string {
  const reason = data['reason'] ? t(wordKey(`terms.rate_file_fault.${data['reason']}`)) : '';
  return t(`terms.fetch_failure.${key}`, { ...data, reason });
}

/** A file that is refused says in which line it is wrong. */
function refusalTextOf(refusal: Refusal, { t, refusalText }: ViewHelpers): string {
  if (refusal.key !== 'rate_file_refused') return refusalText(refusal);
  const { line, detail } = refusal.data;
  const reason = t(wordKey(`terms.rate_file_fault.${String(refusal.data['reason'])}`));
  return detail === ''
    ? t('staff.rates.file_refused_whole', { reason })
    : t('staff.rates.file_refused', { reason, line: String(line), detail: String(detail) });
}
