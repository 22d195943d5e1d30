import connectPgSimple from 'connect-pg-simple';
import type { Request, RequestHandler } from 'express';
import session from 'express-session';
import pg from 'pg';
import { ABSOLUTE_LIMIT } from './session-limits.ts';

declare module 'express-session' {
  interface SessionData {
    /** Milliseconds; the absolute limit counts from here. */
    signedInAt: number;
    /** Milliseconds; the idle limit counts from here. */
    seenAt: number;
  }
}

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

/** Sessions in PostgreSQL, of signed-in users only; `close` ends the pool that only they use. */
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
