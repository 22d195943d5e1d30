import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { assets, forgetAssets } from '../../../src/web/assets/assets.ts';
import { pretendChange } from '../../support/pretend-change.ts';
import type { Page } from '../../support/page.ts';
import { createWorld, type World } from '../../support/world.ts';

const BASE = path.join(import.meta.dirname, '../../../public/css/base.css');

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
};

/** What the page's head loads. */
const loadedBy = ({ $ }: Page) =>
  $('link[href], script[src]')
    .map((_, element) => $(element).attr('href') ?? $(element).attr('src'))
    .get();

/** As a browser sends it, without unpacking the answer. */
async function get(address: string, headers: http.OutgoingHttpHeaders = {}, method = 'GET') {
  const sent = http.request(world.url + address, { method, headers }).end();
  const [response] = (await once(sent, 'response')) as [http.IncomingMessage];
  const body = Buffer.concat((await response.toArray()) as Buffer[]);
  return { status: response.statusCode, headers: response.headers, body };
}

describe('the files of pages', () => {
  it('are kept by browsers for ever, under addresses that have their hash', async () => {
    for (const address of assets().all.keys()) {
      expect(address).toMatch(/^\/assets\/[0-9a-f]{12}\/[\w.-]+$/);
      const { status, headers } = await get(address);
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'cache-control': 'public, max-age=31536000, immutable',
        'content-type': TYPES[address.slice(address.lastIndexOf('.') + 1)],
        'x-content-type-options': 'nosniff',
      });
      expect(headers['set-cookie']).toBeUndefined();
    }
  });

  it('are what a customer’s page names, and one more of each on staff’s', async () => {
    const customer = loadedBy(await (await world.signIn(await world.addCustomer())).get('/profile'));
    const { customerPages, staffPages } = assets();
    const addresses = (page: typeof customerPages) => [
      page.favicon,
      ...page.stylesheets,
      ...page.modules,
      ...page.scripts,
    ];
    expect(customer).toEqual(addresses(customerPages));
    const staff = loadedBy(await (await world.signIn(await world.addStaff('support'))).get('/staff'));
    expect(staff).toEqual(addresses(staffPages));
  });

  it('have every icon in one of them', async () => {
    const page = await (await world.signIn(await world.addCustomer())).get('/profile');
    const [address = '', name = ''] = (page.$('svg.icon use').attr('href') ?? '').split('#');
    expect((await get(address)).body.toString()).toContain(`<symbol id="${name}"`);
  });

  it('are compressed as the browser takes it', async () => {
    const [address = ''] = assets().customerPages.stylesheets;
    const plain = await get(address);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers['vary']).toContain('Accept-Encoding');
    const packed = await get(address, { 'accept-encoding': 'gzip, deflate, br' });
    expect(packed.headers['content-encoding']).toBe('br');
    expect(packed.body.length).toBeLessThan(plain.body.length / 2);
    expect(brotliDecompressSync(packed.body)).toEqual(plain.body);
    expect((await get(address, { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBe('gzip');
  });

  it('are not sent again to a browser that has them', async () => {
    const [address = ''] = assets().customerPages.scripts;
    const first = await get(address);
    expect(first.body.length).toBeGreaterThan(0);
    const again = await get(address, { 'if-none-match': first.headers.etag });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect((await get(address, {}, 'HEAD')).body.length).toBe(0);
  });

  it('are not found under another hash, which nobody has to remember', async () => {
    const { status, headers } = await get('/assets/000000000000/app.css');
    expect(status).toBe(404);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['set-cookie']).toBeUndefined();
  });

  it('are read again in development when one changes, and not elsewhere', async () => {
    const development = await createWorld({ environment: { NODE_ENV: 'development' } });
    const loaded = async () => loadedBy(await development.visitor().get('/login'));
    const before = await loaded();
    pretendChange('css/base.css', 'p {}');
    expect(await loaded()).toEqual(before);
    const now = new Date();
    fs.utimesSync(BASE, now, now);
    await expect.poll(loaded).not.toEqual(before);
    const [changed = ''] = (await loaded()).filter((address) => !before.includes(address));
    expect((await get(changed)).body.toString()).toContain('p {}');
    vi.restoreAllMocks();
    forgetAssets();
    await development.close();
  });
});
