import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { Refusal } from '../../domain/errors.ts';
import { type AmountProblem, parseAmount } from '../../domain/money/parse-amount.ts';
import { equivalents } from '../../domain/rates/convert.ts';
import { listStatement } from '../../domain/ledger/statement-queries.ts';
import { type Customer, getCustomer } from '../../domain/customers/customer-queries.ts';
import { missingFields, nameOf, PROFILE_FIELDS } from '../../domain/customers/profile.ts';
import { listInvoices } from '../../domain/invoices/invoice-list-queries.ts';
import { listOrders } from '../../domain/orders/order-list-queries.ts';
import { adjustBalance } from '../../domain/staff/adjust-balance.ts';
import { getCustomerAccess } from '../../domain/staff/customer-access-queries.ts';
import { setFlash } from '../../web/flash.ts';
import { parseForm, parseId, text } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { refusedForm } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';
import type { StaffRequest } from '../../web/request-context.ts';

/** How many of each kind a customer's page shows. */
const SHOWN = 15;

export async function showCustomer(context: StaffRequest) {
  const { req } = context;
  const customerId = parseId(req.params['id']);
  const refused = refusedForm(req, '/staff/customers/:id/adjustments', Adjustment);
  const fault = refused && (await readAdjustment(context, customerId, refused.typed)).fault;
  await renderCustomer(context, customerId, fault && { ...fault, refusal: refused.refusal });
}

const Adjustment = z.object({
  direction: z.enum(['credit', 'debit']),
  amount: z.string(),
  reason: z.string(),
  key: z.uuid().optional(),
});
type TypedAdjustment = z.infer<typeof Adjustment>;

interface AdjustmentFault {
  typed: TypedAdjustment;
  problem: AmountProblem | null;
  reasonMissing: boolean;
  refusal: Refusal | null;
}

const MAX_REASON = 500;

/** Adds to or takes from the balance, with a reason. */
export async function submitAdjustment(context: StaffRequest) {
  const { req, res, db, clock, viewer, t } = context;
  const customerId = parseId(req.params['id']);
  const typed = parseForm(req.body, Adjustment);
  const { parsed, reason, fault } = await readAdjustment(context, customerId, typed);
  if (parsed.problem !== undefined || fault.reasonMissing) return renderCustomer(context, customerId, fault);
  const money = typed.direction === 'credit' ? parsed.money : parsed.money.negated();
  try {
    await adjustBalance(db, clock, {
      customerId,
      userId: viewer.userId,
      money,
      reason,
      ...(typed.key && { formKey: typed.key }),
    });
  } catch (error) {
    return renderCustomer(context, customerId, { ...fault, refusal: refusalToShow(error) });
  }
  const { balance } = await getCustomerAccess(db, customerId);
  const { moneyText } = await context.helpers();
  setFlash(
    req,
    'success',
    t('staff.customer.flash.adjusted', { before: moneyText(balance.minus(money)), after: moneyText(balance) }),
  );
  res.redirect(303, `/staff/customers/${customerId}`);
}

async function readAdjustment({ db, rates, locale }: StaffRequest, customerId: number, typed: TypedAdjustment) {
  const { accountCurrency } = await getCustomer(db, customerId);
  const parsed = parseAmount(typed.amount, (await rates.current()).currencies.get(accountCurrency), locale);
  const reason = typed.reason.trim();
  const fault: AdjustmentFault = {
    typed,
    problem: parsed.problem ?? null,
    reasonMissing: reason === '' || !text(MAX_REASON).safeParse(reason).success,
    refusal: null,
  };
  return { parsed, reason, fault };
}

async function renderCustomer(context: StaffRequest, customerId: number, fault: AdjustmentFault | null = null) {
  const page = await customerPage(context, customerId, fault);
  await renderPage(context, 'staff/customer', page, { status: fault ? 422 : 200 });
}

const DIRECTIONS = ['credit', 'debit'] as const;

async function customerPage(context: StaffRequest, customerId: number, fault: AdjustmentFault | null) {
  const { db, clock, config, rates, viewer, t } = context;
  const customer = await getCustomer(db, customerId);
  const today = clock.today();
  const position = { limit: SHOWN, offset: 0 };
  const [access, orders, invoices, entries, table, helpers] = await Promise.all([
    getCustomerAccess(db, customerId),
    listOrders(db, { customerId, q: '' }, today, { sort: 'id', dir: 'desc', ...position }),
    listInvoices(db, { customerId, timeZone: config.timeZone, q: '' }, today, {
      sort: 'issued',
      dir: 'desc',
      ...position,
    }),
    listStatement(db, { customerId, timeZone: config.timeZone }, position),
    rates.current(),
    context.helpers(),
  ]);
  const typed = fault?.typed ?? { direction: 'credit', amount: '', reason: '' };
  return {
    title: nameOf(customer) || `#${customerId}`,
    customer,
    emails: access.users.map(({ email }) => email),
    balance: access.balance,
    equivalents: equivalents(table, access.balance),
    missing: missingFields(customer).map(helpers.profileField),
    profile: profileFacts(customer, helpers),
    orders,
    invoices,
    entries,
    mayAdjust: viewer.rights.has('money:act'),
    typed: { ...typed, key: typed.key ?? randomUUID() },
    directions: DIRECTIONS.map((direction) => ({
      type: 'radio' as const,
      name: 'direction',
      value: direction,
      checked: direction === typed.direction,
      label: t(`terms.adjustment_direction.${direction}`),
    })),
    errors: [
      fault?.problem && { href: '#amount', text: t(`errors.amount.${fault.problem}`) },
      fault?.reasonMissing && { href: '#reason', text: t('errors.field.reason') },
    ].filter((error) => typeof error === 'object' && error !== null),
    amountProblem: fault?.problem ? t(`errors.amount.${fault.problem}`) : null,
    reasonMissing: fault?.reasonMissing ?? false,
    refusal: fault?.refusal ?? null,
  };
}
export type CustomerPage = PageOf<typeof customerPage>;

/** The fields that people write first; the country as its name, last. */
function profileFacts(customer: Customer, { t, orDash, countryName, profileField }: ViewHelpers) {
  const fields = PROFILE_FIELDS.map(({ field }) => field).filter((field) => field !== 'country');
  return [
    { label: t('common.customer_kind'), value: t(`terms.customer_kind.${customer.kind}`) },
    ...fields.map((field) => ({ label: profileField(field), value: orDash(customer[field]) })),
    { label: profileField('country'), value: orDash(countryName(customer.country)) },
  ];
}
