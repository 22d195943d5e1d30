import { z } from 'zod';
import { describeOrder, setOrderAutoRenewal } from '../../domain/orders/order-settings.ts';
import { setFlash } from '../../web/flash.ts';
import { parseForm, parseId } from '../../web/parse-request.ts';
import type { CustomerRequest } from '../../web/request-context.ts';
import { renderOrder } from './list.ts';
import { OrderWords, readOrderWords } from './order-notes-form.ts';

/** The customer's own name and comment for an order (rule O1). */
export async function submitComment(context: CustomerRequest) {
  const { db, req, res, viewer, t } = context;
  const orderId = parseId(req.params['id']);
  const { words, fault } = readOrderWords(parseForm(req.body, OrderWords));
  if (fault) return renderOrder(context, fault);
  await describeOrder(db, viewer.customerId, orderId, words);
  setFlash(req, 'success', t('orders.words_saved_flash'));
  res.redirect(303, `/orders/${orderId}`);
}

const ENABLED = { on: true, off: false, account: null } as const;
const AutoRenewal = z.object({ enabled: z.enum(['on', 'off', 'account']) });

export async function submitAutoRenewal({ db, clock, req, res, viewer, t }: CustomerRequest) {
  const orderId = parseId(req.params['id']);
  const { enabled } = parseForm(req.body, AutoRenewal);
  const { customerId, userId } = viewer;
  await setOrderAutoRenewal(db, clock, { customerId, userId, orderId, enabled: ENABLED[enabled] });
  setFlash(req, 'success', t('orders.auto_renewal_flash'));
  res.redirect(303, `/orders/${orderId}`);
}
