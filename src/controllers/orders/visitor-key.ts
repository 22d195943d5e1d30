import type { Request, Response } from 'express';
import { type SshKey, sshKeyLine } from '../../domain/customers/ssh-key.ts';
import { preferenceCookie, readCookie } from '../../web/middleware/cookies.ts';
import type { RequestContext } from '../../web/request-context.ts';

/** A visitor's SSH key while they sign in: their browser keeps it, and no link can bring another one. */
const KEY_COOKIE = 'order_key';
const KEY_MINUTES = 60;

export function keepKeyOfVisitor({ res, config }: RequestContext, key: SshKey) {
  const cookie = { ...preferenceCookie(config.production), path: '/orders', maxAge: KEY_MINUTES * 60_000 };
  res.cookie(KEY_COOKIE, sshKeyLine(key), cookie);
}

/** As it was pasted; empty without one. */
export function keyOfVisitor(req: Request): string {
  try {
    return decodeURIComponent(readCookie(req, KEY_COOKIE) ?? '');
  } catch {
    return '';
  }
}

/** The order is placed with it. */
export const forgetKeyOfVisitor = (res: Response) => void res.clearCookie(KEY_COOKIE, { path: '/orders' });
