import connectPgSimple from 'connect-pg-simple';
import type { Request, RequestHandler } from 'express';
import session from 'express-session';
import pg from 'pg';
import type { Db } from '../../platform/db/database.ts';
import { findSession, type Viewer } from '../../domain/identity/user-queries.ts';
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

const viewers = new WeakMap<object, Viewer | null>();

/** Whose session it is, as they were read with it; null for nobody. */
export const viewerOfSession = (session: object): Viewer | null => viewers.get(session) ?? null;

/**
 * Loads a session with its viewer. Saves one that was loaded only while it is still there: a request that was under way
 * while somebody signed out would otherwise write the ended session back, signed in.
 */
class SessionStore extends PgStore {
  readonly #loaded = new WeakSet<object>();
  readonly #pool: pg.Pool;
  readonly #db: Db;
  #pruning = false;

  constructor(options: { pool: pg.Pool; tableName: string; disableTouch: boolean }, db: Db) {
    super(options);
    this.#pool = options.pool;
    this.#db = db;
  }

  override get(sid: string, done: (error: unknown, data?: session.SessionData | null) => void) {
    this.#beginPruning();
    void this.#load(sid).then((data) => done(null, data), done);
  }

  async #load(sid: string): Promise<session.SessionData | null> {
    const found = await findSession(this.#db, sid);
    if (!found) return null;
    const data = found.data as session.SessionData;
    viewers.set(data, found.viewer);
    return data;
  }

  override createSession(req: Request, data: session.SessionData) {
    const viewer = viewerOfSession(data);
    const created = super.createSession(req, data);
    viewers.set(created, viewer);
    this.#loaded.add(created);
    return created;
  }

  /** Sessions that have expired are deleted now, and from time to time; the store's own `get` would see to that. */
  #beginPruning() {
    if (this.#pruning) return;
    this.#pruning = true;
    this.pruneSessions();
  }

  override set(sid: string, data: session.SessionData, done?: (error?: unknown) => void) {
    if (!this.#loaded.has(data)) return super.set(sid, data, done);
    const expire = data.cookie.expires ?? new Date(Date.now() + ABSOLUTE_LIMIT);
    void this.#pool
      .query('update sessions set sess = $1, expire = $2 where sid = $3', [JSON.stringify(data), expire, sid])
      .then(() => done?.(), done);
  }
}

/** Sessions in PostgreSQL, of signed-in users only; `close` ends the pool that only writing them uses. */
export function sessions(db: Db, { url, secret, production }: { url: string; secret: string; production: boolean }) {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    application_name: 'kabinet-sessions',
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  pool.on('error', () => {});
  const store = new SessionStore({ pool, tableName: 'sessions', disableTouch: true }, db);
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
