import { csrfSync } from 'csrf-sync';
import type { Request } from 'express';
import { ForgedRequest } from '../errors.ts';

const { csrfSynchronisedProtection, generateToken, invalidCsrfTokenError } = csrfSync({
  getTokenFromRequest: (req) => {
    const field: unknown = (req.body as Record<string, unknown> | undefined)?.['_csrf'];
    return typeof field === 'string' ? field : undefined;
  },
  size: 32,
});

/** Refuses every change without this session's token; GET, HEAD and OPTIONS change nothing. */
export const csrfProtection = csrfSynchronisedProtection;

/** The session's token, made when a page first shows a form. */
export const csrfToken = (req: Request): string => (req.session ? generateToken(req) : '');

export const isCsrfError = (error: unknown) =>
  error === invalidCsrfTokenError || error instanceof ForgedRequest;
