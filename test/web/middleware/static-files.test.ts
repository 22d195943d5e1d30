import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { assets, forgetAssets } from '../../../src/web/assets/assets.ts';
import { watchFolders } from '../../../src/web/watch-files.ts';
import { pretendChange } from '../../support/pretend-change.ts';
import type { Page } from '../../support/page.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
};

/** What the page's head loads. */
const loadedBy = ({ $ }: Page) =>
  $('link[href]:not([rel=manifest]), script[src]')
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
      page.touchIcon,
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

  it('are this version’s for a page of another one, and are not kept then', async () => {
    const [address = ''] = assets().customerPages.stylesheets;
    const other = await get('/assets/000000000000/app.css');
    expect([other.status, other.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(other.body).toEqual((await get(address)).body);
  });

  it('are answered shortly where there is no such name', async () => {
    const { status, headers } = await get('/assets/000000000000/nothing.css');
    expect([status, headers['cache-control'], headers['set-cookie']]).toEqual([404, 'no-store', undefined]);
  });

  it('are watched in development, through an editor that replaces a file when it saves', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'watched-'));
    const file = path.join(folder, 'pages/staff/rates.css');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const changed = vi.fn<(event: string, name: string | null) => void>();
    const watchers = watchFolders(folder, changed);
    try {
      for (const text of ['p {}', 'a {}', 'b {}']) {
        changed.mockClear();
        fs.writeFileSync(`${file}~`, text);
        fs.renameSync(`${file}~`, file);
        await expect.poll(() => changed.mock.calls.some(([, name]) => name === 'rates.css')).toBe(true);
      }
    } finally {
      for (const watcher of watchers) watcher.close();
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('are read again once they are forgotten', async () => {
    const [before = ''] = assets().customerPages.stylesheets;
    try {
      pretendChange('css/base.css', 'p {}');
      expect(assets().customerPages.stylesheets).toEqual([before]);
      forgetAssets();
      const [after = ''] = assets().customerPages.stylesheets;
      expect(after).not.toBe(before);
      expect((await get(after)).body.toString()).toContain('p {}');
    } finally {
      vi.restoreAllMocks();
      forgetAssets();
    }
  });
});
