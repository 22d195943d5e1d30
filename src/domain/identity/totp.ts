import { timingSafeEqual } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** RFC 6238 as authenticator apps have it: SHA-1, six digits, thirty seconds. */
const PERIOD_SECONDS = 30;
const DIGITS = 6;
/** RFC 4226, 4: 160 bits are recommended. */
const SECRET_BYTES = 20;

/** A new secret, in base32. */
export const newTotpSecret = (): string => new Secret({ size: SECRET_BYTES }).base32;

const totpOf = (secret: string, label = '', issuer = '') =>
  new TOTP({
    issuer,
    label,
    secret: Secret.fromBase32(secret),
    algorithm: 'SHA1',
    digits: DIGITS,
    period: PERIOD_SECONDS,
  });

/** What the QR code says to an app. */
export const totpAddress = (secret: string, { email, issuer }: { email: string; issuer: string }): string =>
  totpOf(secret, email, issuer).toString();

/** The code at a moment. */
export const totpCode = (secret: string, at: Date): string => totpOf(secret).generate({ timestamp: at.getTime() });

/**
 * The time step that a code is of, now or the one before: a code that was read just before it changed still counts. Null
 * for a code that is wrong.
 */
export function stepOfCode(secret: string, code: string, now: Date): number | null {
  const current = Math.floor(now.getTime() / 1000 / PERIOD_SECONDS);
  for (const step of [current, current - 1]) {
    const expected = Buffer.from(totpCode(secret, new Date(step * PERIOD_SECONDS * 1000)));
    const given = Buffer.from(code);
    if (given.length === expected.length && timingSafeEqual(given, expected)) return step;
  }
  return null;
}
