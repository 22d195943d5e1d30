import { z } from 'zod';
import type { CustomerViewer } from '../../domain/identity/user-queries.ts';
import type { Exchange } from '../../web/request-context.ts';
import { setFlash } from '../../web/flash.ts';
import { parseForm, parseId } from '../../web/parse-request.ts';
import { describeOrder, setOrderAutoRenewal } from '../../domain/orders/order-settings.ts';
import { OrderWords, readOrderWords } from './order-notes-form.ts';
import { renderOrder } from './list.ts';

type CustomerExchange = Exchange<CustomerViewer>;

/** The customer's own name and comment for an order (rule O1). */
export async function submitComment(exchange: CustomerExchange) {
  const { db, req, res, viewer, t } = exchange;
  const orderId = parseId(req.params['id']);
  const { words, fault } = readOrderWords(parseForm(req.body, OrderWords));
  if (fault) return renderOrder(exchange, fault);
  await describeOrder(db, viewer.customerId, orderId, words);
  setFlash(req, 'success', t('orders.words_saved_flash'));
  res.redirect(303, `/orders/${orderId}`);
}

const ENABLED = { on: true, off: false, account: null } as const;
const AutoRenewal = z.object({ enabled: z.enum(['on', 'off', 'account']) });

export async function submitAutoRenewal({ db, clock, req, res, viewer, t }: CustomerExchange) {
  const orderId = parseId(req.params['id']);
  const { enabled } = parseForm(req.body, AutoRenewal);
  const { customerId, userId } = viewer;
  await setOrderAutoRenewal(db, clock, { customerId, userId, orderId, enabled: ENABLED[enabled] });
  setFlash(req, 'success', t('orders.auto_renewal_flash'));
  res.redirect(303, `/orders/${orderId}`);
}
