import { createHmac, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { readCookie } from './cookies.ts';

declare module 'express-serve-static-core' {
  interface Request {
    /** Of a visitor: the token of their forms, which their browser keeps and no row does. */
    visitor?: { readonly token: string | undefined; keep(token: string): void };
  }
}

/**
 * The token against forged requests of a visitor without a session: in a signed cookie that scripts do not read and, in
 * production, no other host can set. Looking at the sign-in page so leaves no session behind.
 * See docs/decisions/0011-visitors-without-sessions.md.
 */
export function visitorTokens({ secret, production }: { secret: string; production: boolean }) {
  const key = createHmac('sha256', secret).update('visitor tokens').digest();
  const name = production ? '__Host-kabinet-visitor' : 'kabinet-visitor';
  const sign = (token: string) => createHmac('sha256', key).update(token).digest('base64url');
  const signed = (cookie = ''): string | undefined => {
    const [token = '', signature = ''] = cookie.split('.', 2);
    const [given, expected] = [Buffer.from(signature), Buffer.from(sign(token))];
    return given.length === expected.length && timingSafeEqual(given, expected) ? token : undefined;
  };
  return (req: Request, res: Response, next: NextFunction) => {
    let kept: string | undefined;
    req.visitor = {
      // Signed-in people have another one, so the signature is looked at when it is asked for.
      get token() {
        return (kept ??= signed(readCookie(req, name)));
      },
      keep(token) {
        kept = token;
        const cookie = { httpOnly: true, sameSite: 'lax', secure: production, path: '/' } as const;
        res.cookie(name, `${token}.${sign(token)}`, cookie);
      },
    };
    next();
  };
}
