import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { WebhookRefused } from '../errors.ts';
import { Money } from '../money/money.ts';
import type { Gateway, GatewayEvent, PaymentRequest } from './gateway.ts';
import { sign, verifySignature } from './signature.ts';

export const SANDBOX = 'sandbox';
const SANDBOX_BANK_PATH = '/sandbox-bank';
export const SANDBOX_SIGNATURE_HEADER = 'sandbox-signature';

const REFERENCE = /^[\w.:-]{1,100}$/;

const Event = z.object({
  id: z.string().regex(REFERENCE),
  type: z.enum(['captured', 'declined', 'pending']),
  gateway: z.literal(SANDBOX),
  reference: z.string().regex(REFERENCE),
  amount: z.string().regex(/^\d{1,15}(\.\d{1,4})?$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
});

/** The gateway of the sandbox bank (rule T4); outside production only. The payment is passed in a signed address. */
export function sandboxGateway(secret: string): Gateway {
  return {
    name: SANDBOX,
    start: (request) => Promise.resolve(`${SANDBOX_BANK_PATH}?order=${encodeURIComponent(sealOrder(secret, request))}`),
    readEvent(headers, body, now) {
      verifySignature(secret, headers[SANDBOX_SIGNATURE_HEADER], body, now);
      return parseEvent(body);
    },
  };
}

function parseEvent(body: Buffer): GatewayEvent {
  const parsed = Event.safeParse(parseJson(body));
  if (!parsed.success) throw new WebhookRefused({ reason: 'not_an_event' });
  const { id, type, reference, amount, currency } = parsed.data;
  return { id, type, reference, money: Money.of(amount, currency) };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

const Order = z.object({
  reference: z.string(),
  amount: z.string(),
  currency: z.string(),
  description: z.string(),
  returnUrl: z.string(),
  webhookUrl: z.string(),
});
/** A payment as the sandbox bank gets it. */
export type SandboxOrder = z.infer<typeof Order>;

const SEALED_AT = new Date(0);

function sealOrder(secret: string, { money, ...request }: PaymentRequest): string {
  const order: SandboxOrder = { ...request, amount: money.toDatabase(), currency: money.currency };
  const body = Buffer.from(JSON.stringify(order)).toString('base64url');
  return `${body}.${sign(secret, body, SEALED_AT)}`;
}

/** @throws {WebhookRefused} when the address was not made by `start` */
export function openOrder(secret: string, sealed: string): SandboxOrder {
  const [body = '', signature] = sealed.split('.');
  verifySignature(secret, signature, Buffer.from(body), SEALED_AT);
  return Order.parse(parseJson(Buffer.from(body, 'base64url')));
}

/** Reports an event to the portal's webhook over HTTP, signed, as a real gateway does. @returns the answer's status */
export async function reportToPortal(
  secret: string,
  order: SandboxOrder,
  type: GatewayEvent['type'],
  now: Date,
): Promise<number> {
  const { reference, amount, currency, webhookUrl } = order;
  const body = JSON.stringify({
    id: `evt_${randomUUID()}`,
    type,
    gateway: SANDBOX,
    reference,
    amount,
    currency,
  });
  const response = await fetch(webhookUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [SANDBOX_SIGNATURE_HEADER]: sign(secret, body, now) },
    body,
    signal: AbortSignal.timeout(10_000),
  });
  return response.status;
}
