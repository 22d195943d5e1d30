import { csrfSync } from 'csrf-sync';
import type { Request } from 'express';
import { ForgedRequest } from '../../domain/errors.ts';
import { viewerOf } from './viewer.ts';

const { csrfSynchronisedProtection, generateToken, invalidCsrfTokenError } = csrfSync({
  getTokenFromRequest: (req) => {
    return sentToken(req)?.token;
  },
  // A session is made at the sign-in; until then the visitor's own cookie keeps the token.
  getTokenFromState: (req) => (viewerOf(req) ? req.session.csrfToken : req.visitor?.token),
  storeTokenInState: (req, token) => {
    if (viewerOf(req)) req.session.csrfToken = token;
    else if (token) req.visitor?.keep(token);
  },
  size: 32,
});

/** Refuses every change without this session's, or this visitor's, token; GET, HEAD and OPTIONS change nothing. */
export const csrfProtection = csrfSynchronisedProtection;

/** The token of a form, behind the id of the user whom it was shown to: whose form it is can be told from an old one. */
const FIELD = /^(?:(\d+)\.)?(.+)$/;

function sentToken(req: Request): { user: number | null; token: string } | null {
  const field: unknown = (req.body as Record<string, unknown> | undefined)?.['_csrf'];
  const [, user, token] = FIELD.exec(typeof field === 'string' ? field : '') ?? [];
  return token === undefined ? null : { user: user === undefined ? null : Number(user), token };
}

/** What a form sends back: the session's token, made when a page first shows a form. */
export function csrfToken(req: Request): string {
  if (!req.session) return '';
  const viewer = viewerOf(req);
  return viewer ? `${viewer.userId}.${generateToken(req)}` : generateToken(req);
}

/** Whether the form was shown to the user who is signed in now, in whatever session. */
export const isFormOfViewer = (req: Request): boolean => {
  const viewer = viewerOf(req);
  return viewer !== null && sentToken(req)?.user === viewer.userId;
};

export const isCsrfError = (error: unknown) => error === invalidCsrfTokenError || error instanceof ForgedRequest;
