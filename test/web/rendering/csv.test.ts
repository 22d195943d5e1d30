import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { streamRows } from '../../../src/platform/db/stream-rows.ts';
import { requestLog } from '../../../src/web/middleware/request-log.ts';
import { sendCsv } from '../../../src/web/rendering/csv.ts';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

/** Reads the answer's head, and not yet its body. */
const readHead = (url: string, cookie = '') =>
  new Promise<IncomingMessage>((resolve, reject) => {
    // Compressed, a long file would fit into the buffers on the way.
    get(url, { headers: { cookie, 'accept-encoding': 'identity' } }, resolve).on('error', reject);
  });

/** What was received, and the error's code when the answer was broken off. */
async function outcomeOf(answer: IncomingMessage) {
  let text = '';
  try {
    for await (const chunk of answer.setEncoding('utf8')) text += chunk as string;
  } catch (error) {
    return { text, code: (error as { code?: string }).code };
  }
  return { text, code: null };
}

describe('a CSV file', () => {
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const serve = async (items: () => AsyncGenerator<string, void>) => {
    let settled = false;
    const app = express().use(requestLog(log));
    app.get('/', (req, res) => {
      const file = { name: 'test', items: items(), label: () => 'text', columns: { text: (text: string) => text } };
      void sendCsv({ req, res, locale: 'en' }, file).then(() => (settled = true));
    });
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      settled: () => settled,
      close: () => new Promise((resolve) => server.close(resolve)),
    };
  };

  it('is made no faster than it is read, and ends with its reader', async () => {
    let made = 0;
    let ended = false;
    const { url, settled, close } = await serve(async function* () {
      try {
        for (;;) {
          made += 1;
          yield 'x'.repeat(10_000);
        }
      } finally {
        ended = true;
      }
    });
    const answer = await readHead(url);
    let before = -1;
    await expect
      .poll(() => {
        const stands = made === before;
        before = made;
        return stands;
      })
      .toBe(true);
    // What the buffers on the way hold, and no more.
    expect(made).toBeLessThan(5_000);
    expect(settled()).toBe(false);
    answer.destroy();
    await expect.poll(settled).toBe(true);
    expect(ended).toBe(true);
    expect(logged.map(({ msg }) => msg)).toContain('the client left a download');
    await close();
  });

  it('is broken off, and not ended as if whole, when something goes wrong midway', async () => {
    const { url, settled, close } = await serve(async function* () {
      for (let row = 0; row < 20_000; row += 1) yield `row ${row}`;
      throw new Error('the statement took too long');
    });
    const { text, code } = await outcomeOf(await readHead(url));
    expect(text).toContain('row 0');
    expect(code).toBe('ECONNRESET');
    await expect.poll(settled).toBe(true);
    expect(logged.find(({ msg }) => msg === 'a download was broken off')).toMatchObject({
      err: { message: 'the statement took too long' },
    });
    await close();
  });
});

describe('a long list', () => {
  let world: World;
  let customer: TestCustomer;
  let visitor: Visitor;
  /** More rows than any earlier limit. */
  const MANY = 60_000;

  beforeAll(async () => {
    world = await createWorld();
    customer = await world.addCustomer();
    const { orderId } = await world.placeOrder(customer);
    const columns = [
      'customer_id',
      'plan_id',
      'status',
      'hostname',
      'os',
      'price',
      'currency',
      'period_months',
      'location_id',
      'created_at',
    ];
    // More than the buffers between two processes hold.
    const comment = 'x'.repeat(500);
    await world.owner.raw(
      `insert into orders (${columns.join()}, comment) select ${columns.join()}, ? from orders, generate_series(2, ?)
      where id = ?`,
      [comment, MANY, orderId],
    );
    visitor = await world.signIn(customer);
  });
  afterAll(() => world.close());

  const connectionsInUse = () => (world.db.client.pool as { numUsed(): number }).numUsed();

  it('is exported whole, and its connection given back', async () => {
    const { text, code } = await outcomeOf(await readHead(`${world.url}/orders.csv`, visitor.cookies()));
    expect(code).toBeNull();
    expect(text.trimEnd().split('\n')).toHaveLength(1 + MANY);
    await expect.poll(connectionsInUse).toBe(0);
  });

  it('gives its connection back when the client leaves', async () => {
    const answer = await readHead(`${world.url}/orders.csv`, visitor.cookies());
    expect(connectionsInUse()).toBe(1);
    answer.destroy();
    await expect.poll(connectionsInUse).toBe(0);
    expect((await visitor.get('/orders')).status).toBe(200);
  });

  it('is broken off when the database ends the statement', async () => {
    const answer = await readHead(`${world.url}/orders.csv`, visitor.cookies());
    await world.owner.raw(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
        and query like '%row_number()%' and pid <> pg_backend_pid()`,
    );
    expect((await outcomeOf(answer)).code).toBe('ECONNRESET');
    await expect.poll(connectionsInUse).toBe(0);
    expect((await visitor.get('/orders')).status).toBe(200);
  });

  it('that cannot even begin is a page that says so', async () => {
    await world.owner.raw('alter table orders rename to gone');
    const page = await visitor.get('/orders.csv');
    await world.owner.raw('alter table gone rename to orders');
    expect(page.status).toBe(500);
    expect(page.$('[data-request-id]')).toHaveLength(1);
    await expect.poll(connectionsInUse).toBe(0);
  });

  it('leaves most connections to pages, however many are downloaded slowly', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => readHead(`${world.url}/orders.csv`, visitor.cookies())));
    const waiting = readHead(`${world.url}/orders.csv`, visitor.cookies());
    expect((await visitor.get('/orders')).status).toBe(200);
    expect(connectionsInUse()).toBe(3);
    for (const answer of answers) answer.destroy();
    (await waiting).destroy();
    await expect.poll(connectionsInUse).toBe(0);
  });

  it('is fetched in batches: of an endless result only what is asked for', async () => {
    const query = world.db.raw<{ rows: { n: number }[] }>('select generate_series(1, 1e12::bigint) as n');
    const seen: number[] = [];
    for await (const n of streamRows(world.db, query, ({ n }) => n)) {
      seen.push(n);
      if (n === 500) break;
    }
    expect(seen).toHaveLength(500);
    await expect.poll(connectionsInUse).toBe(0);
  });
});
