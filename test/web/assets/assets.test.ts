import fs from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Asset } from '../../../src/web/assets/asset.ts';
import { assets, forgetAssets, type PageAssets } from '../../../src/web/assets/assets.ts';
import { pretendChange } from '../../support/pretend-change.ts';

const PROJECT = path.join(import.meta.dirname, '../../..');
const { all, customerPages, staffPages } = assets();
const contentOf = (address: string) => all.get(address)?.content.toString() ?? '';

afterEach(() => {
  vi.restoreAllMocks();
});

function readAgain() {
  forgetAssets();
  return assets();
}

describe('the address of a file', () => {
  it('changes with its content, and only then', () => {
    const address = (content: string) => new Asset('app.css', content).address;
    expect(address('a {}')).toMatch(/^\/assets\/[0-9a-f]{12}\/app\.css$/);
    expect(address('a {}')).toBe(address('a {}'));
    expect(address('a {}')).not.toBe(address('b {}'));
  });

  it('is a new one for the stylesheet when a part of it changes, once the files are read again', () => {
    pretendChange('base.css', 'p {}');
    expect(assets().customerPages).toEqual(customerPages);
    const changed = readAgain();
    expect(changed.customerPages.stylesheets).not.toEqual(customerPages.stylesheets);
    expect(changed.customerPages.scripts).toEqual(customerPages.scripts);
    expect(assets()).toBe(changed);
  });

  it('is a new one for every script when one of them changes, for they import each other', () => {
    pretendChange('decimal.js', '\n');
    const changed = readAgain().customerPages;
    const both = [...changed.scripts, ...changed.modules].filter((address) =>
      [...customerPages.scripts, ...customerPages.modules].includes(address),
    );
    expect(both).toEqual([]);
  });
});

describe('the scripts', () => {
  it('import only what the page has named, so that a browser asks for all of them at once', () => {
    for (const page of [customerPages, staffPages]) {
      const named = [...page.scripts, ...page.modules];
      const imported = named.flatMap((address) =>
        [...contentOf(address).matchAll(/^(?:import|\}).* from '(.+)';$/gm)].map(
          ([, file = '']) => new URL(file, `http://kabinet${address}`).pathname,
        ),
      );
      expect(imported.filter((address) => !named.includes(address))).toEqual([]);
    }
  });

  it('are all loaded by some page', () => {
    const loaded = new Set([...staffPages.scripts, ...staffPages.modules]);
    // Some are loaded when a page has what they work on.
    for (const address of loaded)
      for (const [, file = ''] of (all.get(address)?.content.toString() ?? '').matchAll(
        /import\('\.\/([\w-]+\.js)'\)/g,
      ))
        loaded.add(`${path.dirname(address)}/${file}`);
    const left = [...all.keys()].filter((address) => address.endsWith('.js') && !loaded.has(address));
    expect(left).toEqual([]);
  });
});

describe('the stylesheets', () => {
  it('refer only to files that are served', () => {
    const referred = staffPages.stylesheets.flatMap((address) =>
      [...contentOf(address).matchAll(/url\('?([^')]+)/g)].map(([, file = '']) => file),
    );
    expect(referred.length).toBeGreaterThan(3);
    expect(referred.filter((address) => !all.has(address))).toEqual([]);
  });

  it('may not refer to another', () => {
    pretendChange('base.css', "\nbody { background: url('elsewhere.png'); }");
    expect(() => readAgain()).toThrow('elsewhere.png');
  });

  it('have every file of public/css in them', () => {
    const content = staffPages.stylesheets.map(contentOf).join();
    const files = fs.globSync('public/css/**/*.css', { cwd: PROJECT });
    expect(files.length).toBeGreaterThan(40);
    const rules = (file: string) => fs.readFileSync(path.join(PROJECT, file), 'utf8').replace(/url\([^)]*\)/g, '');
    expect(files.filter((file) => !content.replace(/url\([^)]*\)/g, '').includes(rules(file)))).toEqual([]);
  });
});

describe('a customer’s page', () => {
  const weightOf = (addresses: string[]) =>
    addresses.map((address) => gzipSync(contentOf(address)).length).reduce((sum, length) => sum + length, 0);
  const jsOf = ({ scripts, modules }: PageAssets) => [...scripts, ...modules];

  it('loads less than 20 kB of styles and less than 20 kB of scripts', () => {
    expect(weightOf(customerPages.stylesheets)).toBeLessThan(20_000);
    expect(weightOf(jsOf(customerPages))).toBeLessThan(20_000);
  });

  it('loads nothing that only staff’s pages need', () => {
    const names = [...customerPages.stylesheets, ...jsOf(customerPages)].map((address) => path.basename(address));
    expect(names).not.toContain('staff.css');
    expect(names).not.toContain('staff.js');
    expect(names).not.toContain('reload.js');
    expect(staffPages.stylesheets).toEqual(expect.arrayContaining(customerPages.stylesheets));
  });
});
