import { NotFound, WebhookRefused } from '../domain/errors.ts';
import { recordGatewayEvent } from '../domain/payments/record-gateway-event.ts';
import type { RequestContext } from '../web/request-context.ts';

/** Takes a gateway's report. No cookie, no token: the signature is the proof (security 27 and 39). */
export async function receiveWebhook({ req, res, gateways, db, clock }: RequestContext<unknown>) {
  const gateway = gateways.get(String(req.params['gateway']));
  if (!gateway) throw new NotFound();
  if (!Buffer.isBuffer(req.body)) throw new WebhookRefused({ reason: 'not_an_event' });
  const event = gateway.readEvent(req.headers, req.body, clock.now());
  await recordGatewayEvent(db, clock, gateway.name, event);
  res.json({ received: true });
}
