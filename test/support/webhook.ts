import { randomUUID } from 'node:crypto';
import type { Money } from '../../src/domain/money/money.ts';
import { SANDBOX_SIGNATURE_HEADER } from '../../src/domain/gateways/sandbox.ts';
import { sign } from '../../src/domain/gateways/signature.ts';
import { SANDBOX_SECRET } from './portal.ts';
import type { World } from './world.ts';

export interface Report {
  type?: 'captured' | 'declined' | 'pending';
  reference: string;
  money: Money;
  id?: string;
}

/** What the sandbox bank would send. */
export const bodyOf = ({ type = 'captured', reference, money, id = `evt_${randomUUID()}` }: Report) =>
  JSON.stringify({
    id,
    type,
    gateway: 'sandbox',
    reference,
    amount: money.toDatabase(),
    currency: money.currency,
  });

/** Reports to the portal's webhook over HTTP, signed as the bank signs. @returns the status of the answer */
export async function report(world: World, event: Report): Promise<number> {
  return send(world, bodyOf(event));
}

export async function send(
  world: World,
  body: string,
  signature = sign(SANDBOX_SECRET, body, world.clock.now()),
): Promise<number> {
  const response = await fetch(`${world.url}/webhooks/sandbox`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [SANDBOX_SIGNATURE_HEADER]: signature },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}
