import type { CookieOptions, Request, Response } from 'express';
import { REMEMBERED_FOR } from '../../domain/identity/remembered-browsers.ts';
import { readCookie } from './cookies.ts';

/** Each user has a cookie of their own, so that two people can share a browser. */
const nameOf = (userId: number, production: boolean) => `${production ? '__Host-' : ''}kabinet-code-${userId}`;

/** The value of the cookie by which a browser is remembered for a user; '' without one. */
export const rememberedToken = (req: Request, userId: number, production: boolean): string =>
  readCookie(req, nameOf(userId, production)) ?? '';

export function setRememberedToken(res: Response, userId: number, token: string, production: boolean): void {
  const options: CookieOptions = { httpOnly: true, sameSite: 'lax', secure: production, path: '/' };
  res.cookie(nameOf(userId, production), token, { ...options, maxAge: REMEMBERED_FOR });
}
