import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import pino, { type Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { viewerOf } from './viewer.ts';

const REDACTED = [
  'req.headers.cookie',
  'req.headers.authorization',
  'req.headers["sandbox-signature"]',
  'res.headers["set-cookie"]',
  '*.password',
  '*.secret',
  'err.config',
];

/** Structured logs on standard output; secrets never get there. */
export function createLog(level: string): Logger {
  return pino({ level, redact: { paths: REDACTED, censor: '[redacted]' } });
}

/** Links in mail have their secret in the path. */
const withoutToken = (path: string) =>
  path.replace(
    /(\/(?:email-confirmations|email-returns|password-resets|invitations|factor-removals)\/).+/,
    '$1[redacted]',
  );

/** One line for each request, with an id of ours that also stands on error pages; ids from outside are not believed. */
export function requestLog(log: Logger) {
  return pinoHttp({
    logger: log,
    genReqId: (_req, res) => {
      const id = randomUUID();
      res.setHeader('X-Request-Id', id);
      return id;
    },
    customLogLevel: (_req, res, error) =>
      (error || res.statusCode >= 500) && res.statusCode !== 503 ? 'error' : res.statusCode >= 400 ? 'warn' : 'info',
    // What broke is logged where it broke; there is nothing to say of a page that says the database is away.
    customErrorObject: (_req, res, _error, object: object) =>
      res.statusCode === 503 ? { ...object, err: undefined } : object,
    customProps: (req) => ({ user: viewerOf(req as Request)?.userId }),
    serializers: {
      req: (req: { id: string; method: string; url: string; raw: Request }) => ({
        id: req.id,
        method: req.method,
        // Without its query: what people search for is theirs.
        path: withoutToken(req.url.split('?', 1)[0] ?? ''),
      }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
    },
    autoLogging: { ignore: (req) => /^\/(healthz|readyz|assets\/)/.test(req.url ?? '') },
  });
}
