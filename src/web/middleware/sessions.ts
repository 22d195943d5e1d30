import connectPgSimple from 'connect-pg-simple';
import type { Request, RequestHandler } from 'express';
import session from 'express-session';
import pg from 'pg';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { keptUserAgent, type Visit } from '../../domain/identity/browser.ts';
import { findSession, type FoundSession } from '../../domain/identity/user-queries.ts';

declare module 'express-session' {
  interface SessionData {
    /** Milliseconds: when the person last proved who they are. */
    confirmedAt: number;
    /** The customer that they act for, until the session has a row under its present id. */
    actingFor: number;
  }
}

/** Milliseconds after which a session ends, whatever was done in it. */
export const ABSOLUTE_LIMIT = 7 * 86_400_000;

const sessionCookieName = (production: boolean) => (production ? '__Host-kabinet' : 'kabinet');

const PgStore = connectPgSimple(session);

const found = new WeakMap<object, FoundSession>();

/** The row of a session, with whose it is, as it was read for this request; null for one that has just begun. */
export const foundSession = (data: object | undefined): FoundSession | null => (data && found.get(data)) ?? null;

/** Where a request comes from, as sessions and sign-ins keep it. */
export const visitOf = (req: Request): Visit => ({
  address: req.ip ?? '',
  userAgent: keptUserAgent(req.get('user-agent')),
});

/**
 * Loads a session with its viewer. Saves one that was loaded only while it is still there: a request that was under way
 * while somebody signed out would otherwise write the ended session back, signed in.
 */
class SessionStore extends PgStore {
  readonly #stored = new WeakSet<object>();
  readonly #pool: pg.Pool;
  readonly #db: Db;
  readonly #clock: Clock;
  #pruning = false;

  constructor(options: { pool: pg.Pool; tableName: string; disableTouch: boolean }, db: Db, clock: Clock) {
    super(options);
    this.#pool = options.pool;
    this.#db = db;
    this.#clock = clock;
  }

  override get(sid: string, done: (error: unknown, data?: session.SessionData | null) => void) {
    this.#beginPruning();
    void this.#load(sid).then((data) => done(null, data), done);
  }

  async #load(sid: string): Promise<session.SessionData | null> {
    const row = await findSession(this.#db, sid);
    if (!row) return null;
    const data = row.data as session.SessionData;
    found.set(data, row);
    return data;
  }

  override createSession(req: Request, data: session.SessionData) {
    const row = foundSession(data);
    const created = super.createSession(req, data);
    if (row) found.set(created, row);
    this.#stored.add(created);
    return created;
  }

  /** Sessions that have expired are deleted now, and from time to time; the store's own `get` would see to that. */
  #beginPruning() {
    if (this.#pruning) return;
    this.#pruning = true;
    this.pruneSessions();
  }

  override set(sid: string, data: session.SessionData, done?: (error?: unknown) => void) {
    const expire = data.cookie.expires ?? new Date(Date.now() + ABSOLUTE_LIMIT);
    const written = this.#stored.has(data) ? this.#update(sid, data, expire) : this.#insert(sid, data, expire);
    void written.then(() => done?.(), done);
  }

  #update(sid: string, data: session.SessionData, expire: Date) {
    return this.#pool.query('update sessions set sess = $1, expire = $2 where sid = $3', [
      JSON.stringify(data),
      expire,
      sid,
    ]);
  }

  /** A session is made when somebody signs in: nobody else has one. */
  async #insert(sid: string, data: session.SessionData, expire: Date): Promise<void> {
    const { passport, actingFor } = data as session.SessionData & { passport?: { user?: number } };
    if (passport?.user === undefined) return;
    const { address, userAgent } = visitOf((data as unknown as { req: Request }).req);
    await this.#pool.query(
      `insert into sessions (sid, sess, expire, user_id, customer_id, created_at, seen_at, address, user_agent)
       values (
         $1, $2, $3, $4,
         coalesce(
           (select customer_id from memberships where user_id = $4 and customer_id = $8),
           (select customer_id from memberships where user_id = $4 order by id limit 1)
         ),
         $5, $5, $6, $7
       )`,
      [
        sid,
        JSON.stringify(data),
        expire,
        passport.user,
        this.#clock.now(),
        address || null,
        userAgent,
        actingFor ?? null,
      ],
    );
    this.#stored.add(data);
  }
}

/** Sessions in PostgreSQL, of signed-in users only; `close` ends the pool that only writing them uses. */
export function sessions(
  db: Db,
  clock: Clock,
  { url, secret, production }: { url: string; secret: string; production: boolean },
) {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    application_name: 'kabinet-sessions',
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  pool.on('error', () => {});
  const store = new SessionStore({ pool, tableName: 'sessions', disableTouch: true }, db, clock);
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
