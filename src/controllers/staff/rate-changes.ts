import { z } from 'zod';
import type { Translate } from '../../platform/i18n/i18n.ts';
import { CurrencyInUse, NotFound, RateFileRefused } from '../../domain/errors.ts';
import { BASE_CURRENCY } from '../../domain/money/currency.ts';
import { Exact } from '../../domain/money/money.ts';
import { readRateFile } from '../../domain/rates/rate-file.ts';
import type { StoredCounts } from '../../domain/rates/store-rates.ts';
import { addCurrency, changeCurrencySettings } from '../../domain/staff/change-currency.ts';
import { decideRateProposal, enterRateByHand, importRateFile } from '../../domain/staff/change-rates.ts';
import { setFlash } from '../../web/flash.ts';
import { parseForm, parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import type { StaffRequest } from '../../web/request-context.ts';
import { CurrencyForm, isCurrencyCode, NewCurrencyForm, RateForm, readMarkup, readRate } from './rate-form.ts';
import { renderRates } from './rates.ts';

/** Imports a bank's daily file, all or nothing; who did it stands in the audit log. */
export async function importRates(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  try {
    if (!req.file || req.file.size === 0) throw new RateFileRefused({ reason: 'no_file', line: 1, detail: '' });
    const file = readRateFile(req.file.buffer, clock.today());
    const counts = await importRateFile(db, clock, { file, userId: viewer.userId });
    const { stored, unchanged, proposed } = counts;
    const imported = t('staff.rates.flash.imported', {
      stored: stored.length,
      unchanged: unchanged.length,
      proposed: proposed.length,
    });
    setFlash(req, 'success', withSuperseded(imported, counts, t));
    res.redirect(303, '/staff/rates');
  } catch (error) {
    if (!(error instanceof RateFileRefused)) throw error;
    await renderRates(context, { refusal: error });
  }
}

/** Another rate withdraws one that waited; the person who stores it sees that. */
const withSuperseded = (flash: string, { superseded }: StoredCounts, t: Translate): string =>
  superseded.length === 0
    ? flash
    : `${flash} ${t('staff.rates.flash.proposals_withdrawn', { currencies: superseded.join(', ') })}`;

/** A rate entered by hand: a file of one row, from the source `manual`, under the same guard. */
export async function enterRate(context: StaffRequest) {
  const { req, res, db, clock, rates, viewer, t } = context;
  const sent = parseForm(req.body, RateForm);
  const { currencies } = await rates.current();
  const { text, invalid } = readRate(sent, currencies, clock.today());
  if (invalid.length > 0) return renderRates(context, { manual: { typed: sent, invalid } });
  const file = {
    source: 'manual' as const,
    date: sent.effective_on,
    rates: [{ currency: sent.currency, rate: new Exact(text) }],
  };
  const counts = await enterRateByHand(db, clock, { file, userId: viewer.userId });
  const kind = counts.proposed.length > 0 ? 'info' : 'success';
  setFlash(req, kind, withSuperseded(enteredFlash(counts, t), counts, t));
  res.redirect(303, '/staff/rates');
}

function enteredFlash({ proposed, unchanged }: StoredCounts, t: Translate): string {
  if (proposed.length > 0) return t('staff.rates.flash.rate_waits');
  return unchanged.length > 0 ? t('staff.rates.flash.rate_known') : t('staff.rates.flash.rate_entered');
}

const Decision = z.object({ decision: z.enum(['confirmed', 'rejected']) });

/** Confirms or rejects a rate that differs so much that it waits (rule C4). */
export async function decideRate(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const proposalId = parseId(req.params['id']);
  const { decision } = parseForm(req.body, Decision);
  try {
    await decideRateProposal(db, clock, { proposalId, decision, userId: viewer.userId });
  } catch (error) {
    return renderRates(context, { refusal: refusalToShow(error) });
  }
  setFlash(req, 'success', t(`staff.rates.flash.rate_${decision}`));
  res.redirect(303, '/staff/rates');
}

/** Adds a currency, switched off. */
export async function submitCurrency(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const typed = parseForm(req.body, NewCurrencyForm);
  if (!isCurrencyCode(typed.code)) return renderRates(context, { added: { typed } });
  try {
    await addCurrency(db, clock, { code: typed.code, rateSource: typed.rate_source, userId: viewer.userId });
  } catch (error) {
    return renderRates(context, { refusal: refusalToShow(error), added: { typed } });
  }
  setFlash(req, 'success', t('staff.rates.flash.currency_added', { currency: typed.code }));
  res.redirect(303, '/staff/rates');
}

/** Changes the settings of a currency. */
export async function changeCurrency(context: StaffRequest) {
  const { req, res, db, clock, rates, viewer, t } = context;
  const { currencies } = await rates.current();
  const currency = currencies.all.find(({ code }) => code === req.params['code']);
  if (!currency) throw new NotFound();
  const { code } = currency;
  const form = parseForm(req.body, CurrencyForm);
  const markup = readMarkup(form.markup);
  if (markup === null) return renderRates(context, { markup: { code, typed: form.markup } });
  const enabled = form.enabled === 'on' || code === BASE_CURRENCY;
  const { rate_source: rateSource, position } = form;
  const settings = {
    enabled,
    priced: form.priced === 'on',
    markup,
    ...(rateSource && { rateSource }),
    ...(position !== undefined && { position }),
  };
  try {
    await changeCurrencySettings(db, clock, { code, settings, userId: viewer.userId });
  } catch (error) {
    if (!(error instanceof CurrencyInUse)) throw error;
    return renderRates(context, { refusal: error });
  }
  setFlash(req, 'success', t('staff.rates.flash.currency_changed', { currency: code }));
  res.redirect(303, '/staff/rates');
}
