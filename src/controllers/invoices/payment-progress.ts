import type { InvoiceDetails } from '../../domain/invoices/invoice-queries.ts';
import type { Money } from '../../domain/money/money.ts';
import type { PaymentTowards, TopUpFor } from '../../domain/payments/payments-towards-queries.ts';
import type { ViewHelpers } from '../../web/rendering/view-helpers.ts';

/** What became of the payments towards an invoice, for its page. */

/** A payment that was begun, and where it goes on. */
export interface PaymentAttempt {
  state: 'open' | 'pending' | 'declined';
  amount: Money;
  /** The invoice that is paid through the gateway: this one, or the top-up that was made to pay it. */
  invoice: { id: number; number: string };
}

/** The last payment towards an unpaid invoice that has not ended well, or the top-up that was not begun to be paid. */
export function attemptOf(payments: PaymentTowards[], topUp: TopUpFor | null): PaymentAttempt | null {
  const [last] = payments;
  if (topUp?.status === 'unpaid' && (topUp.payment === null || topUp.payment === 'started'))
    return { state: 'open', amount: topUp.total, invoice: topUp };
  if (last && (last.state === 'pending' || last.state === 'declined') && topUp?.status !== 'cancelled')
    return { state: last.state, amount: last.asked, invoice: last.invoice };
  return null;
}

interface InvoiceEvent {
  at: Date;
  text: string;
  tone: 'good' | 'bad' | 'plain';
}

/** What happened to an invoice, the newest first; who did it, where it was another member than the reader. */
export function happenedTo(
  invoice: InvoiceDetails,
  payments: PaymentTowards[],
  reader: string,
  helpers: ViewHelpers,
): InvoiceEvent[] {
  const { t, moneyText } = helpers;
  const attempts = payments.map(({ state, gateway, asked, captured, startedAt, capturedAt, marked }): InvoiceEvent => ({
    at: capturedAt ?? startedAt,
    tone: state === 'captured' ? 'good' : state === 'declined' ? 'bad' : 'plain',
    text: [
      t(`invoices.happened.${state}`, { amount: moneyText(captured ?? asked), method: helpers.methodText(gateway) }),
      marked ? t('common.payment_being_checked') : '',
    ]
      .filter(Boolean)
      .join(', '),
  }));
  const own: (InvoiceEvent | false | null)[] = [
    invoice.cancelledAt && { at: invoice.cancelledAt, text: t('invoices.happened.cancelled'), tone: 'plain' },
    invoice.kind === 'service' &&
      invoice.paidAt && {
        at: invoice.paidAt,
        text:
          invoice.paidBy && invoice.paidBy !== reader
            ? t('invoices.happened.paid_by', { by: invoice.paidBy })
            : t('invoices.happened.paid'),
        tone: 'good',
      },
  ];
  const issued: InvoiceEvent = { at: invoice.issuedAt, text: t('invoices.happened.issued'), tone: 'plain' };
  return [...own.filter((event) => event !== false && event !== null), ...attempts, issued].toSorted(
    (a, b) => b.at.getTime() - a.at.getTime(),
  );
}
