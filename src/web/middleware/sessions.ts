import connectPgSimple from 'connect-pg-simple';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import pg from 'pg';
import type { Clock } from '../../platform/clock.ts';
import type { Viewer } from '../../domain/identity/user-queries.ts';
import { viewerOf } from './viewer.ts';

declare module 'express-session' {
  interface SessionData {
    /** Milliseconds; the absolute limit counts from here. */
    signedInAt: number;
    /** Milliseconds; the idle limit counts from here. */
    seenAt: number;
  }
}

const MINUTE = 60_000;
const IDLE_LIMIT: Record<Viewer['kind'], number> = { staff: 30 * MINUTE, customer: 12 * 60 * MINUTE };
const ABSOLUTE_LIMIT = 7 * 24 * 60 * MINUTE;
/** A write with a disk flush for each request would halve the throughput, so a visit is noted this often at most. */
const NOTED_EVERY = 5 * MINUTE;

const sessionCookieName = (production: boolean) => (production ? '__Host-kabinet' : 'kabinet');

const PgStore = connectPgSimple(session);

/**
 * Saves a session that was loaded only while it is still there. A request that was under way while somebody signed out
 * would otherwise write the ended session back, signed in.
 */
class SessionStore extends PgStore {
  readonly #loaded = new WeakSet<object>();
  readonly #pool: pg.Pool;

  constructor(options: { pool: pg.Pool; tableName: string; disableTouch: boolean }) {
    super(options);
    this.#pool = options.pool;
  }

  override createSession(req: Request, data: session.SessionData) {
    const created = super.createSession(req, data);
    this.#loaded.add(created);
    return created;
  }

  override set(sid: string, data: session.SessionData, done?: (error?: unknown) => void) {
    if (!this.#loaded.has(data)) return super.set(sid, data, done);
    const expire = data.cookie.expires ?? new Date(Date.now() + ABSOLUTE_LIMIT);
    void this.#pool
      .query('update sessions set sess = $1, expire = $2 where sid = $3', [JSON.stringify(data), expire, sid])
      .then(() => done?.(), done);
  }
}

/** Sessions in PostgreSQL, of whoever is signed in and of nobody else; `close` ends the pool that only they use. */
export function sessions({ url, secret, production }: { url: string; secret: string; production: boolean }) {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    application_name: 'kabinet-sessions',
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  pool.on('error', () => {});
  const store = new SessionStore({ pool, tableName: 'sessions', disableTouch: true });
  const handler: RequestHandler = session({
    store,
    secret,
    name: sessionCookieName(production),
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'lax', secure: production, path: '/', maxAge: ABSOLUTE_LIMIT },
  });
  return {
    handler,
    async close() {
      store.close();
      await pool.end();
    },
  };
}

/** Ends a session that was idle, or lived, for too long; notes the visit now and then. */
export function sessionLimits(clock: Clock) {
  return (req: Request, _res: Response, next: NextFunction) => {
    const viewer = viewerOf(req);
    if (!viewer) return next();
    const now = clock.now().getTime();
    const { signedInAt = 0, seenAt = 0 } = req.session;
    if (now - seenAt > IDLE_LIMIT[viewer.kind] || now - signedInAt > ABSOLUTE_LIMIT)
      return req.session.regenerate((error: unknown) => {
        req.user = undefined;
        next(error);
      });
    if (now - seenAt > NOTED_EVERY) req.session.seenAt = now;
    next();
  };
}

/** Signed-in pages are kept by no cache. */
export function noStore(req: Request, res: Response, next: NextFunction) {
  res.set('Cache-Control', req.user ? 'no-store' : 'no-cache');
  next();
}
