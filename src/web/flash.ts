import type { Request, Response } from 'express';
import type { Translate } from '../platform/i18n/i18n.ts';
import { readCookie } from './middleware/cookies.ts';

export interface Flash {
  kind: 'success' | 'error' | 'info';
  message: string;
  /** The way on. */
  link?: { href: string; label: string };
}

declare module 'express-session' {
  interface SessionData {
    flash: Flash;
  }
}

/** What may be said to somebody without a session: the cookie has the name only, and the words are ours. */
const VISITOR_FLASHES = {
  signed_out: { kind: 'success', words: 'session.flash.signed_out' },
  email_confirmed: { kind: 'success', words: 'session.confirm.flash.confirmed' },
  invitation_accepted: { kind: 'success', words: 'members.flash.joined' },
  removal_stopped: { kind: 'success', words: 'session.removal.stopped' },
  password_reset: { kind: 'success', words: 'session.reset.flash.done' },
  session_ended: { kind: 'info', words: 'session.flash.session_ended' },
} as const;
type VisitorFlash = keyof typeof VISITOR_FLASHES;

const VISITOR_COOKIE = 'kabinet-flash';
const COOKIE = { httpOnly: true, sameSite: 'lax', path: '/' } as const;

/** A line on the next page that is shown, once. */
export function setFlash(req: Request, kind: Flash['kind'], message: string, link?: Flash['link']) {
  req.session.flash = { kind, message, ...(link && { link }) };
}

/** The same for somebody who is no longer signed in. */
export function setVisitorFlash(res: Response, flash: VisitorFlash) {
  res.cookie(VISITOR_COOKIE, flash, { ...COOKIE, maxAge: 60_000 });
}

export function takeFlash(req: Request, res: Response, t: Translate): Flash | null {
  const name = readCookie(req, VISITOR_COOKIE);
  if (name !== undefined) res.clearCookie(VISITOR_COOKIE, COOKIE);
  const flash = req.session?.flash;
  if (flash) {
    delete req.session.flash;
    return flash;
  }
  if (name === undefined || !Object.hasOwn(VISITOR_FLASHES, name)) return null;
  const { kind, words } = VISITOR_FLASHES[name as VisitorFlash];
  return { kind, message: t(words) };
}
