import type { CookieOptions, Request, Response } from 'express';
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Sealing } from '../../platform/sealing.ts';
import { readCookie } from './cookies.ts';

/** Somebody who has shown the password and is asked for the code. */
export interface PendingSignIn {
  userId: number;
  email: string;
  isStaff: boolean;
  /** Where they wanted to go. */
  next: string;
  /** The password is shorter than is asked for now. */
  isShort: boolean;
}

const VALID_MS = 5 * 60_000;
const PURPOSE = 'pending sign-in';
const Kept = z.object({
  userId: z.number(),
  email: z.string(),
  isStaff: z.boolean(),
  next: z.string(),
  isShort: z.boolean(),
  expires: z.number(),
  visitor: z.string(),
});

/**
 * Between the password and the code there is no session: a sealed cookie says who has shown the password, for five
 * minutes and together with the visitor's token only. It is good for nothing else.
 */
export class PendingSignIns {
  readonly #sealing: Sealing;
  readonly #production: boolean;
  readonly #clock: Clock;

  constructor({ sealing, production, clock }: { sealing: Sealing; production: boolean; clock: Clock }) {
    this.#sealing = sealing;
    this.#production = production;
    this.#clock = clock;
  }

  keep(req: Request, res: Response, pending: PendingSignIn): void {
    const expires = this.#clock.now().getTime() + VALID_MS;
    const kept = { ...pending, expires, visitor: req.visitor?.token ?? '' };
    const sealed = this.#sealing.seal(JSON.stringify(kept), PURPOSE);
    res.cookie(this.#name, sealed, { ...this.#options, maxAge: VALID_MS });
  }

  /** Null where there is none, or it is over, or another browser's. */
  find(req: Request): PendingSignIn | null {
    const sealed = readCookie(req, this.#name);
    if (!sealed) return null;
    try {
      const { expires, visitor, ...pending } = Kept.parse(JSON.parse(this.#sealing.open(sealed, PURPOSE)));
      return expires > this.#clock.now().getTime() && visitor === req.visitor?.token ? pending : null;
    } catch {
      return null;
    }
  }

  forget(res: Response): void {
    res.clearCookie(this.#name, this.#options);
  }

  get #name() {
    return this.#production ? '__Host-kabinet-pending' : 'kabinet-pending';
  }

  get #options(): CookieOptions {
    return { httpOnly: true, sameSite: 'lax', secure: this.#production, path: '/' };
  }
}
