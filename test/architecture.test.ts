import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** From the bottom up: a file imports from its own layer and from those before it. */
const LAYERS = [
  'platform',
  'domain',
  'web',
  'mail',
  'services',
  'controllers',
  'routes',
  'schedule',
  'app',
  'seeds',
  'cli',
  'server',
];
/** The modules of the domain, from the bottom up. */
const MODULES = [
  'errors',
  'money',
  'rates',
  'ledger',
  'audit',
  'settings',
  'identity',
  'networks',
  'catalog',
  'customers',
  'gateways',
  'invoices',
  'notifications',
  'accounts',
  'orders',
  'price-changes',
  'renewals',
  'plan-changes',
  'cancellations',
  'payments',
  'billing',
  'desk',
  'staff',
];
const ORDER = LAYERS.flatMap((layer) => (layer === 'domain' ? MODULES.map((module) => `domain/${module}`) : [layer]));
/** Only the web and what is above it may know requests, answers and templates. */
const WEB_ONLY = ['express', 'express-session', 'passport', 'ejs', 'helmet', 'multer'];

const PROJECT = path.join(import.meta.dirname, '..');
const filesIn = (folder: string, ending: string) =>
  fs
    .readdirSync(path.join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(folder, name));
const read = (file: string) => fs.readFileSync(path.join(PROJECT, file), 'utf8');
const SOURCES = [...filesIn('src', '.ts'), ...filesIn('seeds', '.ts')];

/** `src/domain/money/money.ts` stands in `domain/money`, `src/app.ts` in `app`. */
function roomOf(file: string): string {
  const [first = '', second = '', third = ''] = file.split(path.sep);
  const layer = first === 'src' ? second : first;
  return (layer === 'domain' ? `domain/${third}` : layer).replace(/\.ts$/, '');
}

const SPECIFIER = /(?:from|import)\s*\(?\s*'([^']+)'/g;
const specifiersOf = (file: string) => [...read(file).matchAll(SPECIFIER)].map(([, specifier = '']) => specifier);
const importsOf = (file: string) =>
  specifiersOf(file)
    .filter((specifier) => specifier.startsWith('.') && specifier.endsWith('.ts'))
    .map((specifier) => path.join(path.dirname(file), specifier));

describe('the layers and modules of src/', () => {
  it('are all on the map', () => {
    expect(SOURCES.filter((file) => !ORDER.includes(roomOf(file)))).toEqual([]);
  });

  it('import from below only', () => {
    const level = (file: string) => ORDER.indexOf(roomOf(file));
    const upwards = SOURCES.flatMap((file) =>
      importsOf(file)
        .filter((target) => level(target) > level(file))
        .map((target) => `${file} → ${target}`),
    );
    expect(upwards).toEqual([]);
  });

  it('know nothing of HTTP and templates below web/', () => {
    const below = SOURCES.filter((file) => ORDER.indexOf(roomOf(file)) < ORDER.indexOf('web'));
    const found = below.flatMap((file) =>
      specifiersOf(file)
        .filter((specifier) => WEB_ONLY.includes(specifier))
        .map((specifier) => `${file} → ${specifier}`),
    );
    expect(found).toEqual([]);
  });

  it('have no circle of files', () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, trail: string[]) => {
      if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
      if (done.has(file) || trail.includes(file)) return;
      for (const target of importsOf(file)) visit(target, [...trail, file]);
      done.add(file);
    };
    for (const file of SOURCES) visit(file, []);
    expect(circles).toEqual([]);
  });
});

describe('a page', () => {
  /** Each view that a controller renders, by the controller's path. */
  const pages = filesIn('src/controllers', '.ts').flatMap((file) => {
    const name = path.relative('src/controllers', file).replace(/\.ts$/, '');
    return [...read(file).matchAll(/renderPage\(\s*\w+,\s*'([^']+)'/g)].map(([, view = '']) => ({ name, view }));
  });

  it('has its controller, its view and its test at one path', () => {
    expect(pages.length).toBeGreaterThan(20);
    for (const { name, view } of pages) expect(view).toBe(name);
    const lacking = pages.flatMap(({ name }) =>
      [`views/${name}.ejs`, `test/controllers/${name}.test.ts`].filter(
        (file) => !fs.existsSync(path.join(PROJECT, file)),
      ),
    );
    expect(lacking).toEqual([]);
  });
});
