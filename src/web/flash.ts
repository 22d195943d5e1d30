import type { Request } from 'express';

export interface Flash {
  kind: 'success' | 'error' | 'info';
  message: string;
}

declare module 'express-session' {
  interface SessionData {
    flash: Flash;
  }
}

/** A line on the next page that is shown, once. */
export function setFlash(req: Request, kind: Flash['kind'], message: string) {
  req.session.flash = { kind, message };
}

export function takeFlash(req: Request): Flash | null {
  const flash = req.session?.flash;
  if (!flash) return null;
  delete req.session.flash;
  return flash;
}
