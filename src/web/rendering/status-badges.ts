import type { Translate } from '../../platform/i18n/i18n.ts';
import type { ShownInvoiceStatus } from '../../domain/invoices/invoice.ts';
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
  unpaid: ['busy', 'wallet'],
  overdue: ['warn', 'clock-alert'],
  paid: ['good', 'circle-check'],
  cancelled: ['quiet', 'circle-x'],
};

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

/** A status is a colour, an icon and a word: never the colour alone. */
function badge([tone, iconName]: [Tone, IconName], words: string): SafeHtml {
  return markup`<span class="badge badge-${tone}">${icon(iconName)}${words}</span>`;
}

export const statusBadges = (t: Translate) => ({
  orderStatus: (status: ShownOrderStatus) => badge(ORDER[status], t(`terms.order_status.${status}`)),
  invoiceStatus: (status: ShownInvoiceStatus) => badge(INVOICE[status], t(`terms.invoice_status.${status}`)),
  runState: (state: RunState) => badge(RUN[state], t(`terms.billing_run_state.${state}`)),
  paymentState: (state: PaymentState) => badge(PAYMENT[state], t(`terms.payment_state.${state}`)),
});
