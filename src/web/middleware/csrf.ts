import { csrfSync } from 'csrf-sync';
import type { Request } from 'express';
import { ForgedRequest } from '../../domain/errors.ts';
import type { Viewer } from '../../domain/identity/user-queries.ts';
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

/**
 * The token of a form, behind the ids of whom it was shown to: the user and, for a customer's, that customer. Whose form
 * it is can be told from an old one.
 */
const FIELD = /^(?:([\d-]+)\.)?(.+)$/;

function sentToken(req: Request): { owner: string | undefined; token: string } | null {
  const field: unknown = (req.body as Record<string, unknown> | undefined)?.['_csrf'];
  const [, owner, token] = FIELD.exec(typeof field === 'string' ? field : '') ?? [];
  return token === undefined ? null : { owner, token };
}

const ownerOf = (viewer: Viewer) =>
  viewer.kind === 'customer' ? `${viewer.userId}-${viewer.customerId}` : String(viewer.userId);

/** What a form sends back: the session's token, made when a page first shows a form. */
export function csrfToken(req: Request): string {
  if (!req.session) return '';
  const viewer = viewerOf(req);
  return viewer ? `${ownerOf(viewer)}.${generateToken(req)}` : generateToken(req);
}

/** Whether the form was shown to who is signed in now, in whatever session, and acting for the same customer. */
export const isFormOfViewer = (req: Request): boolean => {
  const viewer = viewerOf(req);
  return viewer !== null && sentToken(req)?.owner === ownerOf(viewer);
};

export const isCsrfError = (error: unknown) => error === invalidCsrfTokenError || error instanceof ForgedRequest;
