import { z } from 'zod';
import type { Config } from '../../platform/config.ts';
import type { Locale } from '../../platform/i18n/locale.ts';
import { Refusal } from '../../domain/errors.ts';
import { typedAmount } from '../../domain/money/format-money.ts';
import type { Money } from '../../domain/money/money.ts';
import { type AmountProblem, parseAmount } from '../../domain/money/parse-amount.ts';
import { creditFor, creditRate, payToBeCredited } from '../../domain/rates/convert.ts';
import { QUOTE_VALIDITY_MINUTES } from '../../domain/rates/make-quote.ts';
import type { RateTable } from '../../domain/rates/rate-table.ts';
import { getCustomer } from '../../domain/customers/customer-queries.ts';
import { missingFields } from '../../domain/customers/profile.ts';
import { listInvoicesByIds } from '../../domain/invoices/invoice-queries.ts';
import { createTopUp } from '../../domain/payments/create-top-up.ts';
import { limitsIn } from '../../domain/payments/top-up-limits.ts';
import { idField, oneOrMore, parseForm } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { profileGate } from '../profile/profile-gate.ts';
import { renderNoTopUp } from './no-top-up.ts';

/** What was typed, as it was typed. */
const TopUp = z.object({
  amount: z.string().max(100).catch(''),
  currency: z.string().max(10).catch(''),
  /** The invoices to pay with it. */
  pays: oneOrMore(idField).optional().catch(undefined),
});
type Typed = z.infer<typeof TopUp>;
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
    pays: typed.pays,
  });
}

export async function submitTopUp(context: CustomerRequest) {
  const { req, res, gateways, db, clock, config, viewer } = context;
  if (gateways.size === 0) return renderNoTopUp(context, 422);
  const typed = parseForm(req.body, SentTopUp);
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

async function readTopUp({ rates, locale }: CustomerRequest, { amount, currency: code }: Typed) {
  const { currencies } = await rates.current();
  const currency = currencies.enabled.find((known) => known.code === code);
  return currency ? parseAmount(amount, currency, locale) : { problem: 'currency' as const };
}

interface Fault {
  problem?: AmountProblem | 'currency';
  refusal?: Refusal;
}

/** The form, for the first time and again; with what the typed amount comes to in every other currency. */
async function renderForm(context: CustomerRequest, typed: Typed, fault: Fault | null = null) {
  const { rates, clock, config, viewer, locale, db, t } = context;
  const table = await rates.current();
  const account = viewer.balance.currency;
  const customer = await getCustomer(db, viewer.customerId);
  const currency = table.currencies.enabled.find(({ code }) => code === typed.currency);
  const pay = currency ? (parseAmount(typed.amount, currency, locale).money ?? null) : null;
  const credit = pay && isConvertible(table, pay.currency, account) ? creditFor(table, pay, account) : null;
  const returnTo = topUpHref(typed.amount, typed.currency, typed.pays ?? []);
  await renderPage(
    context,
    'balance/top-up',
    {
      title: t('top_up.title'),
      ...(fault && { here: returnTo }),
      typed,
      paysFor: await listInvoicesByIds(db, viewer.customerId, typed.pays ?? [], clock.today()),
      fields: fieldsOf(table, account, config, typed, credit, locale),
      pay,
      credit,
      balanceAfter: credit && viewer.balance.plus(credit),
      account,
      validityMinutes: QUOTE_VALIDITY_MINUTES,
      problem: fault?.problem ?? null,
      refusal: fault?.refusal ?? null,
      profile: profileGate(customer, missingFields(customer), returnTo),
    },
    { status: fault ? 422 : 200 },
  );
}

/** The form's address with its fields filled in. */
function topUpHref(amount: string, currency: string, pays: number[]): string {
  const fields = [
    ['amount', amount.slice(0, 100)],
    ['currency', currency.slice(0, 10)],
    ...pays.map((id) => ['pays', String(id)]),
  ];
  return `/top-ups/new?${new URLSearchParams(fields).toString()}`;
}

/** One field for each enabled currency; `creditRate` is what the script multiplies with to show the credit. */
function fieldsOf(
  table: RateTable,
  account: string,
  config: Pick<Config, 'ratesMaxAgeDays' | 'topUpMin' | 'topUpMax'>,
  typed: Typed,
  credit: Money | null,
  locale: Locale,
) {
  const known = table.currencies.enabled.filter(({ code }) => isConvertible(table, code, account));
  return known.map((currency) => ({
    code: currency.code,
    digits: currency.minorDigits,
    value: valueOf(table, currency.code, typed, credit, locale),
    limits: limitsIn(table, currency.code, account, config),
    creditRate: creditRate(table, currency.code, account).toFixed(),
    rateDate: table.dateOf(currency.code, account),
    sources: table.used(currency.code, account).map((rate) => rate.source),
    stale: table.ageInDays(currency.code, account) > config.ratesMaxAgeDays,
  }));
}

/** The account's own currency needs no rate (rule C5). */
const isConvertible = (table: RateTable, code: string, account: string) =>
  code === account || (table.has(code) && table.has(account));

function valueOf(table: RateTable, code: string, typed: Typed, credit: Money | null, locale: Locale): string {
  if (code === typed.currency) return typed.amount;
  if (!credit) return '';
  return typedAmount(payToBeCredited(table, credit, code), table.currencies.get(code), locale);
}
