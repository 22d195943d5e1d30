import type { Day } from '../../platform/clock.ts';
import type { Translate } from '../../platform/i18n/i18n.ts';
import type { SignInOutcome } from '../../domain/identity/sign-in-history.ts';
import type { InvoiceKind, ShownInvoiceStatus } from '../../domain/invoices/invoice.ts';
import type { AddressState } from '../../domain/networks/network-queries.ts';
import type { ShownOrderStatus } from '../../domain/orders/order.ts';
import type { PaymentState } from '../../domain/payments/payment-queries.ts';
import type { IconName } from '../assets/icon-sprite.ts';
import { markup, type SafeHtml } from './html.ts';
import { icon } from './icon.ts';

type RunState = 'running' | 'done' | 'interrupted';
type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'quiet';

const ORDER: Record<ShownOrderStatus, [Tone, IconName]> = {
  awaiting_payment: ['quiet', 'wallet'],
  provisioning: ['busy', 'loader'],
  active: ['good', 'circle-check'],
  overdue: ['warn', 'clock-alert'],
  suspended_non_payment: ['bad', 'circle-pause'],
  suspended_abuse: ['bad', 'ban'],
  cancelled: ['quiet', 'circle-x'],
};

const INVOICE: Record<ShownInvoiceStatus, [Tone, IconName]> = {
  unpaid: ['quiet', 'circle-dashed'],
  overdue: ['warn', 'clock-alert'],
  paid: ['good', 'circle-check'],
  cancelled: ['quiet', 'circle-x'],
};

const NOT_COMPLETED: [Tone, IconName] = ['quiet', 'circle-dashed'];

const INVOICE_PAYMENT: Record<'pending' | 'declined', [Tone, IconName]> = {
  pending: ['busy', 'loader'],
  declined: ['bad', 'circle-alert'],
};

/** What the badge of an invoice is made of. */
export interface BadgedInvoice {
  kind: InvoiceKind;
  status: ShownInvoiceStatus;
  /** How the last payment towards it stands. */
  payment?: 'pending' | 'declined' | null;
}

const PAYMENT: Record<PaymentState, [Tone, IconName]> = {
  started: ['quiet', 'credit-card'],
  pending: ['busy', 'loader'],
  captured: ['good', 'circle-check'],
  declined: ['bad', 'circle-x'],
};

const RUN: Record<RunState, [Tone, IconName]> = {
  running: ['busy', 'loader'],
  done: ['good', 'circle-check'],
  interrupted: ['bad', 'circle-x'],
};

const SIGN_IN: Record<SignInOutcome, [Tone, IconName]> = {
  signed_in: ['good', 'circle-check'],
  wrong_password: ['bad', 'circle-x'],
  wrong_code: ['bad', 'circle-x'],
  refused: ['bad', 'ban'],
};

const ADDRESS: Record<AddressState, [Tone, IconName]> = {
  used: ['good', 'server'],
  free: ['quiet', 'circle-dashed'],
  resting: ['quiet', 'history'],
  blocked: ['bad', 'ban'],
};

/** As customers meet a plan. */
export type PlanState = 'on_sale' | 'hidden' | 'off' | 'sold_out';

const PLAN: Record<PlanState, [Tone, IconName]> = {
  on_sale: ['good', 'circle-check'],
  hidden: ['quiet', 'eye-off'],
  off: ['quiet', 'circle-x'],
  sold_out: ['warn', 'ban'],
};

const ENDING: [Tone, IconName] = ['warn', 'calendar-x-2'];

/** A status is a colour, an icon and a word: never the colour alone. */
function badge([tone, iconName]: [Tone, IconName], words: string | SafeHtml): SafeHtml {
  return markup`<span class="badge badge-${tone}">${icon(iconName)}${words}</span>`;
}

/** What the badge of an order is made of: one that is to end looks so everywhere. */
export interface BadgedOrder {
  status: ShownOrderStatus;
  paidUntil: Day | null;
  endsAtPeriod: boolean;
}

/** @param shortDay a day without its year */
export function statusBadges(t: Translate, shortDay: (day: Day) => string) {
  const orderStatus = ({ status, paidUntil, endsAtPeriod }: BadgedOrder) =>
    endsAtPeriod && paidUntil && status === 'active'
      ? badge(ENDING, t('terms.order_ends_on', { day: shortDay(paidUntil) }))
      : badge(ORDER[status], t(`terms.order_status.${status}`));
  return {
    orderStatus,
    /** The same for a list, where the reason of a suspension stands beneath the badge. */
    orderStatusInList: (order: BadgedOrder) => {
      if (order.status !== 'suspended_non_payment' && order.status !== 'suspended_abuse') return orderStatus(order);
      const reason = t(order.status === 'suspended_abuse' ? 'terms.suspension.abuse' : 'terms.suspension.non_payment');
      return markup`${badge(ORDER[order.status], t('terms.order_status_short.suspended'))} <small>${reason}</small>`;
    },
    /** An unpaid top-up is not a debt but something that was not completed. */
    invoiceStatus: ({ kind, status, payment }: BadgedInvoice) => {
      if (payment && (status === 'unpaid' || status === 'overdue'))
        return badge(INVOICE_PAYMENT[payment], t(`terms.invoice_payment.${payment}`));
      if (kind === 'top_up' && status === 'unpaid') return badge(NOT_COMPLETED, t('terms.invoice_not_completed'));
      return badge(INVOICE[status], t(`terms.invoice_status.${status}`));
    },
    addressState: (state: AddressState) => badge(ADDRESS[state], t(`staff.networks.state.${state}`)),
    planState: (state: PlanState) => badge(PLAN[state], t(`staff.plans.state.${state}`)),
    runState: (state: RunState) => badge(RUN[state], t(`terms.billing_run_state.${state}`)),
    signInOutcome: (outcome: SignInOutcome) => badge(SIGN_IN[outcome], t(`terms.sign_in_outcome.${outcome}`)),
    paymentState: (state: PaymentState) => badge(PAYMENT[state], t(`terms.payment_state.${state}`)),
  };
}
