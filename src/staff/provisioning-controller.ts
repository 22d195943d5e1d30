import { isIP } from 'node:net';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { recordAudit } from '../audit/record-audit.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.ts';
import { AddressTaken, NotFound, Refusal } from '../errors.ts';
import type { StaffViewer } from '../identity/user-queries.ts';
import { activateOrder } from '../orders/activate-order.ts';
import type { Exchange } from '../web/exchange.ts';
import { setFlash } from '../web/flash.ts';
import { mayAct } from '../web/guards.ts';
import { parseForm, parseId } from '../web/parse-request.ts';
import { renderPage } from '../web/render.ts';
import { listWaitingOrders } from './provisioning-queries.ts';

type StaffExchange = Exchange<StaffViewer>;

interface Fault {
  orderId: number;
  typed: string;
  refusal: Refusal | null;
}

export async function showProvisioning(exchange: StaffExchange) {
  await renderProvisioning(exchange, null);
}

/** Puts a waiting order into service with the address that staff assign. */
export async function submitActivation(exchange: StaffExchange) {
  const { req, res, db, clock, viewer, t } = exchange;
  const orderId = parseId(req.params['id']);
  const typed = parseForm(req.body, z.object({ ip: z.string() })).ip.trim();
  if (isIP(typed) === 0) return renderProvisioning(exchange, { orderId, typed, refusal: null });
  try {
    await activateByStaff(db, clock, { orderId, ip: typed, userId: viewer.userId });
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 422) throw error;
    return renderProvisioning(exchange, { orderId, typed, refusal: error });
  }
  setFlash(req, 'success', t('staff.activated_flash', { id: orderId, ip: typed }));
  res.redirect(303, '/staff/provisioning');
}

/** Any constant will do: assignments by hand happen one after the other, so that two cannot take one address. */
const ASSIGNMENT_LOCK = 7_482_005;

/** @throws {NotFound} @throws {OrderStateRefused} @throws {AddressTaken} */
async function activateByStaff(
  db: Db,
  clock: Clock,
  { orderId, ip, userId }: { orderId: number; ip: string; userId: number },
) {
  await inTransaction(db, async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [ASSIGNMENT_LOCK]);
    const order = await trx('orders')
      .where({ id: orderId })
      .first<{ customer_id: number } | undefined>('customer_id');
    if (!order) throw new NotFound();
    const taken = await trx('orders').where({ ip }).whereNot({ status: 'cancelled' }).first('id');
    const pooled = await trx('pool_addresses').where({ address: ip }).first('address');
    if (taken || pooled) throw new AddressTaken({ ip });
    await activateOrder(trx, clock, { customerId: order.customer_id, orderId, ip, userId });
    await recordAudit(trx, clock, {
      userId,
      action: 'order.activated',
      subject: { type: 'order', id: String(orderId) },
      customerId: order.customer_id,
      details: { order: orderId, ip },
    });
  });
}

async function renderProvisioning(exchange: StaffExchange, fault: Fault | null) {
  const { db, t, viewer } = exchange;
  await renderPage(
    exchange,
    'staff/provisioning',
    {
      title: t('staff.provisioning'),
      orders: await listWaitingOrders(db),
      mayActivate: mayAct(viewer, 'admin'),
      fault,
      refusal: fault?.refusal ?? null,
    },
    { status: fault ? 422 : 200 },
  );
}
