import { createHmac, timingSafeEqual } from 'node:crypto';
import { WebhookRefused } from '../errors.ts';

/** How far the time of a signature may be from now, in either direction (security 39). */
const TOLERANCE_SECONDS = 300;
const MIN_SECRET_LENGTH = 16;

/** `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`, the form that card gateways use. */
export function sign(secret: string, body: string | Buffer, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000);
  return `t=${seconds},v1=${digest(secret, seconds, body).toString('hex')}`;
}

/** @throws {WebhookRefused} unless the header proves the secret, over this body, within the tolerance */
export function verifySignature(secret: string, header: unknown, body: Buffer, now: Date): void {
  if (secret.length < MIN_SECRET_LENGTH) throw new WebhookRefused({ reason: 'no_secret' });
  const parts = typeof header === 'string' ? /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header) : null;
  if (!parts) throw new WebhookRefused({ reason: 'no_signature' });
  const seconds = Number(parts[1]);
  const given = Buffer.from(parts[2] as string, 'hex');
  if (!timingSafeEqual(given, digest(secret, seconds, body))) throw new WebhookRefused({ reason: 'wrong_signature' });
  if (Math.abs(now.getTime() / 1000 - seconds) > TOLERANCE_SECONDS) throw new WebhookRefused({ reason: 'too_old' });
}

function digest(secret: string, seconds: number, body: string | Buffer): Buffer {
  return createHmac('sha256', secret).update(`${seconds}.`).update(body).digest();
}
