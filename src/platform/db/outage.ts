/** Why the database cannot be used at the moment. */
export type Outage = 'unreachable' | 'no answer' | 'too many connections';

/** Of PostgreSQL: connection exceptions, the end or the start of the server, and its limit of connections. */
const SQLSTATES: [RegExp, Outage][] = [
  [/^(08|57P0)/, 'unreachable'],
  [/^53300$/, 'too many connections'],
];

const SOCKET_CODES: [RegExp, Outage][] = [[/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/, 'unreachable']];

/** Messages of drivers and pools, which have no code. */
const MESSAGES: [RegExp, Outage][] = [
  [/^(read|write) (ECONNRESET|EPIPE)|^connect ECONN/, 'unreachable'],
  [/^Connection (terminated|ended) unexpectedly|^Connection terminated( \(|$)/, 'unreachable'],
  [/^Client (has encountered a connection error|was closed) and is not queryable/, 'unreachable'],
  [
    /^timeout e(xpired|xceeded when trying to connect)|connection timeout|^(Query read|Defined query) timeout/,
    'no answer',
  ],
  [/ETIMEDOUT|^Knex: Timeout acquiring a connection/, 'no answer'],
];

/** The outage that a query's error reports; null for an error of the query itself, or of something else. */
export function outageOf(error: unknown): Outage | null {
  // pg-boss emits plain objects and appends text of its own to the error's message.
  const { code = '', message = '' } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code !== 'string' || typeof message !== 'string') return null;
  // What the server reported is judged by its code: its message may quote what a user typed.
  if (/^[0-9A-Z]{5}$/.test(code)) return match(SQLSTATES, code);
  return match(SOCKET_CODES, code) ?? match(MESSAGES, message);
}

const match = (table: [RegExp, Outage][], text: string) => table.find(([pattern]) => pattern.test(text))?.[1] ?? null;
