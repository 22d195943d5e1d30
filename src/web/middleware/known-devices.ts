import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { CookieOptions, Request, Response } from 'express';
import type { Clock } from '../../platform/clock.ts';
import { readCookie } from './cookies.ts';

const VALID_MS = 365 * 86_400_000;

/**
 * Browsers in which somebody has signed in before, as OWASP's “device cookies” have them: a cookie for each user, with
 * a random value, its last day, and a signature over both and the e-mail. It signs nobody in; it only gives its browser
 * a window of attempts of its own, so that strangers cannot use up the owner's.
 */
export class KnownDevices {
  readonly #key: Buffer;
  readonly #production: boolean;
  readonly #clock: Clock;

  constructor({ secret, production, clock }: { secret: string; production: boolean; clock: Clock }) {
    this.#key = createHmac('sha256', secret).update('known devices').digest();
    this.#production = production;
    this.#clock = clock;
  }

  /** Makes the browser a known one of this user's, under a new value each time. */
  remember(res: Response, email: string): void {
    const expires = this.#clock.now().getTime() + VALID_MS;
    const payload = `${randomBytes(18).toString('base64url')}.${expires}`;
    const cookie: CookieOptions = {
      httpOnly: true,
      sameSite: 'lax',
      secure: this.#production,
      path: '/',
      maxAge: VALID_MS,
    };
    res.cookie(this.#nameOf(email), `${payload}.${this.#sign(email, payload)}`, cookie);
  }

  /** @returns the random value by which this browser is known as one of the user's; null for a browser that is not */
  find(req: Pick<Request, 'headers'>, email: string): string | null {
    const [value = '', expires = '', signature = ''] = readCookie(req, this.#nameOf(email))?.split('.', 3) ?? [];
    const expected = Buffer.from(this.#sign(email, `${value}.${expires}`));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    return Number(expires) > this.#clock.now().getTime() ? value : null;
  }

  /** Does not tell whose it is: who looks at a browser's cookies would read the e-mail. */
  #nameOf(email: string): string {
    const name = `kabinet-device-${this.#sign(email, 'name').slice(0, 12)}`;
    return this.#production ? `__Host-${name}` : name;
  }

  #sign(email: string, text: string): string {
    const subject = email.trim().toLowerCase();
    return createHmac('sha256', this.#key).update(`${subject}\0${text}`).digest('base64url');
  }
}
