import { z } from 'zod';
import { NotFound, OrderStateRefused, Refusal, SmallerDisk } from '../../domain/errors.ts';
import { Money } from '../../domain/money/money.ts';
import type { DiskChange } from '../../domain/catalog/disk-size.ts';
import type { OfferedPlan } from '../../domain/catalog/plan-list-queries.ts';
import { listOpenInvoices } from '../../domain/invoices/invoice-queries.ts';
import { getOrderForCustomer } from '../../domain/orders/order-queries.ts';
import { changePlan } from '../../domain/plan-changes/change-plan.ts';
import { listPlanChangeOffers, type PlanChangeOffer } from '../../domain/plan-changes/plan-change-offers-queries.ts';
import { payAtOnce } from '../invoices/pay-at-once.ts';
import { setFlash } from '../../web/flash.ts';
import { listHref } from '../../web/list-address.ts';
import { codeField, parseForm, parseId } from '../../web/parse-request.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import { keptRefusal } from '../../web/refused-form.ts';
import { type PageOf, renderPage } from '../../web/rendering/render-page.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { type ShownPeriod, shownPeriod } from './shown-period.ts';

/** The plans that the order can move to; with `?plan=` the calculation of one of them, line by line. */
export async function showPlanChange(context: CustomerRequest) {
  await renderPlanChange(context, context.req.query['plan'], keptRefusal(context.req));
}

const Change = z.object({
  plan: codeField,
  amount: z
    .string()
    .regex(/^-?\d{1,12}(\.\d{1,4})?$/)
    .optional(),
  smaller_disk: z.literal('yes').optional().catch(undefined),
  pay: z.enum(['now', 'later']).catch('later'),
});

/**
 * Changes the plan; an upgrade is paid at once where that is asked for, else leads to its invoice. An amount that changed
 * since is shown again first.
 */
export async function submitPlanChange(context: CustomerRequest) {
  const { req, res, db, clock, config, viewer, t } = context;
  const orderId = parseId(req.params['id']);
  const form = parseForm(req.body, Change);
  const { customerId, userId } = viewer;
  const back = `/orders/${orderId}`;
  try {
    const { invoice, credit } = await changePlan(db, clock, config.seller, {
      customerId,
      userId,
      orderId,
      plan: form.plan,
      isPaidNext: form.pay === 'now',
      ...(form.amount !== undefined && {
        expected: Money.of(form.amount, viewer.balance.currency),
        acceptsSmallerDisk: form.smaller_disk === 'yes',
      }),
    });
    const { moneyText } = await context.helpers();
    const words = invoice ? 'issued' : credit.isPositive ? 'credited' : 'changed';
    const said = t(`orders.plan_change.flash.${words}`, { id: orderId, amount: moneyText(credit) });
    if (invoice && form.pay === 'now') return await payAtOnce(context, { id: invoice.id, issued: said, back });
    setFlash(req, 'success', said);
    res.redirect(303, invoice ? `/invoices/${invoice.id}` : back);
  } catch (error) {
    if (error instanceof NotFound && (await isOn(context, orderId, form))) {
      // Pressed in a second tab, or once more after the answer was lost.
      setFlash(req, 'success', t('orders.plan_change.flash.changed', { id: orderId }));
      return res.redirect(303, back);
    }
    await renderPlanChange(context, form.plan, refusalToShow(error, OrderStateRefused));
  }
}

/** Whether the order has the plan already, asked for by a form that is not shown of the order's own plan. */
async function isOn({ db, clock, viewer }: CustomerRequest, orderId: number, form: z.infer<typeof Change>) {
  if (form.amount === undefined) return false;
  const order = await getOrderForCustomer(db, viewer.customerId, orderId, clock.today());
  return order.planCode === form.plan;
}

async function renderPlanChange(context: CustomerRequest, chosenCode: unknown, refusal: Refusal | null) {
  const page = await planChangePage(context, chosenCode, refusal);
  await renderPage(context, 'orders/plan-change', page, { status: refusal?.status ?? 200 });
}

async function planChangePage(context: CustomerRequest, chosenCode: unknown, refusal: Refusal | null) {
  const { db, clock, req, viewer, t } = context;
  const today = clock.today();
  const order = await getOrderForCustomer(db, viewer.customerId, parseId(req.params['id']), today);
  if (!order.inPaidPeriod) throw new OrderStateRefused({ order: order.id, status: order.status });
  const offers = await listPlanChangeOffers(db, order, clock);
  const chosen = chosenCode === undefined ? null : offers.find(({ plan }) => plan.code === chosenCode);
  if (chosen === undefined) throw new NotFound();
  const open = await listOpenInvoices(db, order.id);
  return {
    title: t('orders.plan_change.title', { id: order.id }),
    order,
    balance: viewer.balance,
    offers,
    calculation: chosen && calculationOf(chosen, viewer.balance),
    // Not ticked, where it had to be.
    diskNotAccepted: refusal?.key === new SmallerDisk({}).key,
    // An upgrade that waits is replaced by another choice; a renewal, when the plan changes.
    waiting: open.filter(({ kind }) => kind === 'plan_change'),
    renewalOpen: open.some(({ kind }) => kind === 'renewal'),
    refusal,
    ...(refusal && chosen && { here: listHref(`/orders/${order.id}/plan-change`, {}, { plan: chosen.plan.code }) }),
  };
}
export type PlanChangePage = PageOf<typeof planChangePage>;

/** What moving to a plan costs or credits, line by line (rule O8). */
export interface PlanChangeCalculation {
  plan: OfferedPlan;
  smallerDisk: DiskChange | null;
  price: Money;
  /** Above zero: to pay. Below: credited. */
  amount: Money;
  days: number;
  periods: ShownPeriod[];
  /** Below zero when the balance is short. */
  balanceAfter: Money;
}

const calculationOf = (
  { plan, smallerDisk, price, proration }: PlanChangeOffer,
  balance: Money,
): PlanChangeCalculation => ({
  plan,
  smallerDisk,
  price,
  amount: proration.amount,
  days: proration.days,
  periods: proration.periods.map(shownPeriod),
  balanceAfter: balance.minus(proration.amount),
});
