import { csrfSync } from 'csrf-sync';
import type { Request } from 'express';
import { ForgedRequest } from '../../domain/errors.ts';
import { viewerOf } from './viewer.ts';

const { csrfSynchronisedProtection, generateToken, invalidCsrfTokenError } = csrfSync({
  getTokenFromRequest: (req) => {
    const field: unknown = (req.body as Record<string, unknown> | undefined)?.['_csrf'];
    return typeof field === 'string' ? field : undefined;
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

/** The session's token, made when a page first shows a form. */
export const csrfToken = (req: Request): string => (req.session ? generateToken(req) : '');

export const isCsrfError = (error: unknown) => error === invalidCsrfTokenError || error instanceof ForgedRequest;
