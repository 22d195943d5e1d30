import { InsufficientBalance, InvoiceNotUnpaid } from '../../domain/errors.ts';
import { Money } from '../../domain/money/money.ts';
import { inTransaction } from '../../platform/db/transaction.ts';
import { notifyInvoiceIssued } from '../../domain/notifications/notify-invoice-issued.ts';
import { payInvoices } from '../../domain/payments/pay-invoices.ts';
import { setFlash } from '../../web/flash.ts';
import { refusalToShow } from '../../web/refusal-to-show.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { setPaidFlash } from './paid-flash.ts';
import { topUpOffer } from './top-up-offer.ts';

/**
 * Pays an invoice that was just issued and not yet written about, and leads to `back`; what stands in the way is told
 * on the invoice's page, or leads to the top-up that pays it. Who may not pay leaves that to others.
 * @param issued what is said where it was only issued
 * @param isNew false of an invoice that an earlier request has issued, and written about
 */
export async function payAtOnce(
  context: CustomerRequest,
  { id, issued, back, isNew = true }: { id: number; issued: string; back: string; isNew?: boolean },
): Promise<void> {
  const { db, clock, rates, req, res, viewer, t } = context;
  const { customerId, userId } = viewer;
  if (!viewer.rights.has('invoices:pay')) {
    if (isNew) await inTransaction(db, (trx) => notifyInvoiceIssued(trx, clock, id));
    setFlash(req, 'success', issued);
    return res.redirect(303, back);
  }
  try {
    await payInvoices(db, clock, { customerId, userId, invoiceIds: [id] });
    await setPaidFlash(context, [id], { atOrder: back !== '/orders' });
    res.redirect(303, back);
  } catch (error) {
    if (error instanceof InvoiceNotUnpaid && error.data['status'] === 'paid') {
      // The same form was sent twice.
      setFlash(req, 'success', t('invoices.paid.already', { number: String(error.data['number']) }));
      return res.redirect(303, back);
    }
    // One that was replaced meanwhile is nothing to write about.
    if (isNew && !(error instanceof InvoiceNotUnpaid))
      await inTransaction(db, (trx) => notifyInvoiceIssued(trx, clock, id));
    const refusal = refusalToShow(error);
    const missing = refusal instanceof InsufficientBalance ? refusal.data['missing'] : null;
    const topUp = missing instanceof Money && topUpOffer(context, await rates.current(), missing, [id]);
    setFlash(req, 'info', issued);
    res.redirect(303, topUp && !topUp.seller ? topUp.href : `/invoices/${id}`);
  }
}
