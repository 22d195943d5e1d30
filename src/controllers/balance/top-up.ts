import { z } from 'zod';
import type { Translate } from '../../platform/i18n/i18n.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import { Refusal } from '../../domain/errors.ts';
import { typedAmount } from '../../domain/money/format-money.ts';
import { Exact, type Money, sum } from '../../domain/money/money.ts';
import { type AmountProblem, parseAmount } from '../../domain/money/parse-amount.ts';
import { creditFor, creditRate, payToBeCredited } from '../../domain/rates/convert.ts';
import { QUOTE_VALIDITY_MINUTES } from '../../domain/rates/make-quote.ts';
import type { RateTable } from '../../domain/rates/rate-table.ts';
import { getCustomer } from '../../domain/customers/customer-queries.ts';
import { missingFields } from '../../domain/customers/profile.ts';
import { listInvoicesByIds } from '../../domain/invoices/invoice-queries.ts';
import { createTopUp } from '../../domain/payments/create-top-up.ts';
import { limitsIn, type TopUpLimits } from '../../domain/payments/top-up-limits.ts';
import { assertMay } from '../../web/guards.ts';
import { idField, oneOrMore, parseForm } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { profileGate } from '../profile/profile-gate.ts';
import { renderNoTopUp } from './no-top-up.ts';
import { topUpHref } from './top-up-href.ts';

/** What was typed, as it was typed. */
const TopUp = z.object({
  amount: z.string().max(100).catch(''),
  currency: z.string().max(10).catch(''),
  /** The invoices to pay with it. */
  pays: oneOrMore(idField).optional().catch(undefined),
});
type TypedTopUp = z.infer<typeof TopUp>;
const SentTopUp = z.object({ amount: z.string(), currency: z.string(), pays: oneOrMore(idField).optional() });

/** The empty form, or one filled in by a link that knows how much is missing. */
export async function showTopUpForm(context: CustomerRequest) {
  if (context.gateways.size === 0) return renderNoTopUp(context, 200);
  const refused = refusedForm(context.req, '/top-ups', SentTopUp);
  if (refused) {
    const { problem } = await readTopUp(context, refused.typed);
    const fault = problem ? { problem } : refused.refusal && { refusal: refused.refusal };
    return renderForm(context, refused.typed, fault);
  }
  const typed = TopUp.partial().parse(context.req.query);
  await renderForm(context, {
    amount: typed.amount ?? '',
    currency: typed.currency || context.viewer.balance.currency,
    // Who may not pay tops up for the balance only.
    pays: context.viewer.rights.has('invoices:pay') ? typed.pays : undefined,
  });
}

export async function submitTopUp(context: CustomerRequest) {
  const { req, res, gateways, db, clock, config, viewer } = context;
  if (gateways.size === 0) return renderNoTopUp(context, 422);
  const typed = parseForm(req.body, SentTopUp);
  if (typed.pays) assertMay(viewer, 'invoices:pay');
  const parsed = await readTopUp(context, typed);
  if (parsed.problem) return renderForm(context, typed, { problem: parsed.problem });
  try {
    const invoice = await createTopUp(db, clock, config, {
      customerId: viewer.customerId,
      pay: parsed.money,
      pays: typed.pays ?? [],
    });
    res.redirect(303, `/invoices/${invoice.id}`);
  } catch (error) {
    await renderForm(context, typed, { refusal: refusalToShow(error) });
  }
}

async function readTopUp({ rates, locale }: CustomerRequest, { amount, currency: code }: TypedTopUp) {
  const { currencies } = await rates.current();
  const currency = currencies.enabled.find((known) => known.code === code);
  return currency ? parseAmount(amount, currency, locale) : { problem: 'currency' as const };
}

interface TopUpFault {
  problem?: AmountProblem | 'currency';
  refusal?: Refusal;
}

async function renderForm(context: CustomerRequest, typed: TypedTopUp, fault: TopUpFault | null = null) {
  await renderPage(context, 'balance/top-up', await topUpPage(context, typed, fault), { status: fault ? 422 : 200 });
}

/** The form, for the first time and again; with what the typed amount comes to in every other currency. */
async function topUpPage(context: CustomerRequest, typed: TypedTopUp, fault: TopUpFault | null) {
  const { rates, clock, viewer, locale, db, t } = context;
  const [table, customer, helpers] = await Promise.all([
    rates.current(),
    getCustomer(db, viewer.customerId),
    context.helpers(),
  ]);
  const account = viewer.balance.currency;
  const currency = table.currencies.enabled.find(({ code }) => code === typed.currency);
  const pay = currency ? (parseAmount(typed.amount, currency, locale).money ?? null) : null;
  const credit = pay && isConvertible(table, pay.currency, account) ? creditFor(table, pay, account) : null;
  const returnTo = topUpHref({ ...typed, pays: typed.pays ?? [] });
  const fields = fieldsOf(context, table, helpers, typed, credit);
  const paysFor = await listInvoicesByIds(db, viewer.customerId, typed.pays ?? [], clock.today());
  const needed = sum(
    paysFor.map(({ total }) => total),
    account,
  ).minus(viewer.balance);
  const missing = credit && credit.isLessThan(needed) ? needed.minus(credit) : null;
  return {
    title: t('balance.top_up.title'),
    ...(fault && { here: returnTo }),
    balance: viewer.balance,
    typed,
    paysFor,
    /** What the balance lacks for them, and what it would still lack. */
    needed,
    missing,
    fields,
    /** The field that was typed into. */
    paidField: fields.find(({ code }) => code === typed.currency),
    staleCurrencies: fields.filter(({ stale }) => stale).map(({ code }) => code),
    pay,
    credit,
    balanceAfter: credit && (paysFor.length > 0 && !missing ? credit.minus(needed) : viewer.balance.plus(credit)),
    validityMinutes: QUOTE_VALIDITY_MINUTES,
    problem: fault?.problem ? problemText(fault.problem, typed.currency, t) : null,
    amountInvalid: fault?.problem !== undefined && fault.problem !== 'currency',
    refusal: fault?.refusal ?? null,
    profile: profileGate(customer, missingFields(customer), returnTo, helpers),
  };
}
export type TopUpPage = PageOf<typeof topUpPage>;

const problemText = (problem: AmountProblem | 'currency', currency: string, t: Translate) =>
  problem === 'currency' ? t('errors.unknown_currency', { currency }) : t(`errors.amount.${problem}`);

/** The amount in one currency. */
export interface TopUpField {
  code: string;
  digits: number;
  value: string;
  limits: TopUpLimits;
  limitsNote: string;
  /** What the script multiplies with to show the credit. */
  creditRate: string;
  /** The date and the sources of the rate; empty within one currency. */
  rateNote: string;
  /** What one unit of the account's currency costs, where the rate is from, and its day. */
  rate: string;
  rateDay: string;
  /** The rate is too old to pay in this currency (rule C5). */
  stale: boolean;
}

/** One field for each enabled currency. */
function fieldsOf(
  { config, viewer, locale }: CustomerRequest,
  table: RateTable,
  helpers: ViewHelpers,
  typed: TypedTopUp,
  credit: Money | null,
): TopUpField[] {
  const { t, dayText, shortDayText, moneyText } = helpers;
  const account = viewer.balance.currency;
  const known = table.currencies.enabled.filter(({ code }) => isConvertible(table, code, account));
  return known.map(({ code, minorDigits }) => {
    const limits = limitsIn(table, code, account, config);
    const [min, max] = [moneyText(limits.min), limits.max && moneyText(limits.max)];
    const rateDate = table.dateOf(code, account);
    const used = table.used(code, account);
    const near = rateDate?.slice(0, 4) === table.today.slice(0, 4) ? shortDayText : dayText;
    const rateDay = rateDate ? near(rateDate) : '';
    const toCredit = creditRate(table, code, account);
    const price = helpers.rateText(new Exact(1).dividedBy(toCredit).toSignificantDigits(6));
    return {
      code,
      digits: minorDigits,
      value: valueOf(table, code, typed, credit, locale),
      limits,
      limitsNote: max === null ? t('balance.top_up.lower_limit', { min }) : t('balance.top_up.limits', { min, max }),
      creditRate: toCredit.toFixed(),
      rate: t('balance.top_up.rate', { account, price, source: helpers.sourcesOf(used), date: rateDay }),
      rateDay,
      rateNote: rateDate ? t('balance.top_up.rate_note', { rates: helpers.ratesText(used) }) : '',
      stale: table.ageInDays(code, account) > config.ratesMaxAgeDays,
    };
  });
}

/** The account's own currency needs no rate (rule C5). */
const isConvertible = (table: RateTable, code: string, account: string) =>
  code === account || (table.has(code) && table.has(account));

function valueOf(table: RateTable, code: string, typed: TypedTopUp, credit: Money | null, locale: Locale): string {
  if (code === typed.currency) return typed.amount;
  if (!credit) return '';
  return typedAmount(payToBeCredited(table, credit, code), table.currencies.get(code), locale);
}
