import { once } from 'node:events';
import fs from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchRates } from '../../../src/domain/rates/fetch-rates.ts';
import { createWorld, type World } from '../../support/world.ts';

const RATES = path.join(import.meta.dirname, '../../../seeds/rates');
const ECB = fs.readFileSync(path.join(RATES, 'ecb-eurofxref-daily-2024-06-28.xml'));
const CBR = fs.readFileSync(path.join(RATES, 'cbr-XML_daily-2025-12-13.xml'));

let world: World;
let server: Server;
let answer: RequestListener;
let requests: number;
beforeEach(async () => {
  world = await createWorld();
  requests = 0;
  server = createServer((req, res) => {
    requests += 1;
    answer(req, res);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await world.close();
});

const fetchFrom = (source: 'ecb' | 'cbr', options: { timeoutMs?: number; delaysMs?: number[] } = {}) =>
  fetchRates(world.db, world.clock, source, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/daily.xml`,
    timeoutMs: 2000,
    delaysMs: [1, 2],
    ...options,
  });
const stored = () => world.db('exchange_rates').orderBy('id');
const sends =
  (body: Buffer): RequestListener =>
  (_req, res) =>
    void res.end(body);

describe('fetching a bank’s file', () => {
  it('stores the rates of the currencies that are taken from that bank (C2)', async () => {
    answer = sends(ECB);
    expect(await fetchFrom('ecb')).toEqual({ failure: null });
    const currencies = (await stored()).map(({ currency }) => currency);
    expect(currencies).toContain('USD');
    expect(currencies).not.toContain('RUB');
    answer = sends(CBR);
    await fetchFrom('cbr');
    expect((await stored()).map(({ currency }) => currency)).toContain('RUB');
  });

  it('yesterday’s file once more changes nothing, and is no failure', async () => {
    answer = sends(ECB);
    await fetchFrom('ecb');
    const before = await stored();
    expect(await fetchFrom('ecb')).toEqual({ failure: null });
    expect(await stored()).toEqual(before);
  });

  it('tries again after a fault of the server', async () => {
    answer = (req, res) => {
      if (requests < 3) {
        res.statusCode = 503;
        return void res.end();
      }
      sends(ECB)(req, res);
    };
    expect(await fetchFrom('ecb')).toEqual({ failure: null });
    expect(requests).toBe(3);
  });

  it.each<[string, RequestListener, string, number]>([
    ['is slow to begin', () => {}, 'slow', 3],
    ['is slow to end', (_req, res) => void res.write(ECB.subarray(0, 500)), 'slow', 3],
    [
      'cuts it off',
      (_req, res) =>
        void res.writeHead(200, { 'content-length': ECB.length }).write(ECB.subarray(0, 500), () => res.destroy()),
      'unreachable',
      3,
    ],
    ['sends a huge one', (_req, res) => void res.end(Buffer.alloc(1_500_000, 0x20)), 'too_large', 1],
    ['sends no XML', sends(Buffer.from('<html>maintenance')), 'refused', 1],
    ['sends half of it as if it were whole', sends(ECB.subarray(0, 700)), 'refused', 1],
    ['has no such file', (_req, res) => void res.writeHead(404).end(), 'status', 1],
    ['sends the other bank’s', sends(CBR), 'other_bank', 1],
    ['always fails', (_req, res) => void res.writeHead(500).end(), 'status', 3],
  ])('leaves the stored rates and tells staff when the server %s (C3)', async (_what, listener, reason, attempts) => {
    answer = sends(ECB);
    await fetchFrom('ecb');
    const before = await stored();
    requests = 0;
    answer = listener;
    const { failure } = await fetchFrom('ecb', { timeoutMs: 150 });
    expect(failure?.key).toBe(reason);
    expect(requests).toBe(attempts);
    expect(await stored()).toEqual(before);
    const staff = await world.signIn(await world.addStaff('admin'));
    expect((await staff.get('/staff/rates')).$('.text-bad').text()).toContain('failed: ');
  });

  it('a server that is not there is a failure that says so', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    const { failure } = await fetchRates(world.db, world.clock, 'ecb', {
      url: `http://127.0.0.1:${port}/`,
      delaysMs: [],
    });
    expect(failure).toMatchObject({
      key: 'unreachable',
      data: { detail: expect.stringContaining('ECONNREFUSED') },
    });
  });

  it('goes nowhere else: a redirect is a failure', async () => {
    answer = (_req, res) => void res.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    expect((await fetchFrom('ecb')).failure).toMatchObject({ key: 'unreachable' });
  });
});
