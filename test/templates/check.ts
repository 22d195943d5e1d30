import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Currencies } from '../../src/domain/money/currency.ts';
import { helpersFor } from '../../src/web/rendering/render-view.ts';
import { type Declaration, declarationOf, toTypeScript } from './to-typescript.ts';

const PROJECT = path.join(import.meta.dirname, '../..');
const SOURCES = path.join(PROJECT, 'src');
const TSC = path.join(PROJECT, 'node_modules/typescript/bin/tsc');

interface View {
  name: string;
  template: string;
  declaration: Declaration;
}

/**
 * Checks the types of all templates in `views`: each becomes a TypeScript file in `cache`, and the compiler is run over
 * them. @returns what is wrong, each with the template's name and line
 */
export function checkViews(views: string, cache: string): string[] {
  const faults: string[] = [];
  const found: View[] = [];
  for (const file of fs.readdirSync(views, { recursive: true, encoding: 'utf8' }).filter(isTemplate).sort()) {
    const name = file.slice(0, -'.ejs'.length);
    const template = fs.readFileSync(path.join(views, file), 'utf8');
    try {
      found.push({ name, template, declaration: declarationOf(name, template) });
    } catch (error) {
      faults.push((error as Error).message);
    }
  }
  write(found, cache);
  return [...faults, ...compile(cache)];
}

const isTemplate = (file: string) => file.endsWith('.ejs');
const fileOf = (name: string) => `${name}.ejs.ts`;

function write(views: View[], cache: string) {
  fs.rmSync(cache, { recursive: true, force: true });
  fs.mkdirSync(cache, { recursive: true });
  const exported = exportedTypes();
  const put = (name: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(cache, name)), { recursive: true });
    fs.writeFileSync(path.join(cache, name), text);
  };
  const types = views.map(({ name, declaration }) => ({ name, declaration, type: typeOf(declaration, exported) }));
  put('tables.ts', tables(types));
  for (const { name, template, declaration } of views)
    put(fileOf(name), toTypeScript(template, headerOf(name, typeOf(declaration, exported))));
  put('tsconfig.json', JSON.stringify(tsconfig(cache), null, 2));
}

/** Strict as the sources are, but for names that a template need not use. */
const tsconfig = (cache: string) => ({
  extends: path.relative(cache, path.join(PROJECT, 'tsconfig.json')),
  compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
  // What libraries add to each other's types is declared in the sources.
  include: ['**/*.ts', path.relative(cache, path.join(SOURCES, '**/*.ts'))],
});

/** Where each exported type of the sources is declared; null for a name that several files export. */
function exportedTypes(): Map<string, string | null> {
  const exported = new Map<string, string | null>();
  for (const file of fs
    .readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts')))
    for (const [, name = ''] of fs
      .readFileSync(path.join(SOURCES, file), 'utf8')
      .matchAll(/^export (?:abstract )?(?:interface|type|class) (\w+)/gm))
      exported.set(name, exported.has(name) ? null : path.join(SOURCES, file));
  return exported;
}

const KNOWN = new Set(['Date', 'Array', 'Record', 'Map', 'Set', 'Pick', 'Omit', 'Partial']);

/** The declared type with its names imported where they are declared. */
function typeOf({ kind, from, type }: Declaration, exported: Map<string, string | null>): string {
  const named = type.replace(/(?<![\w.'"])([A-Z]\w*)/g, (name: string) => {
    const file = from !== null && type.startsWith(name) ? path.join(PROJECT, from) : exported.get(name);
    return KNOWN.has(name) || !file ? name : `import(${JSON.stringify(file)}).${name}`;
  });
  const frame = `import(${JSON.stringify(path.join(SOURCES, 'web/rendering/render-page.ts'))}).PageFrame`;
  return kind === 'Page' ? `${frame} & (${named})` : named;
}

/** Which views there are, what each is given, and how a template calls them. */
function tables(views: { name: string; declaration: Declaration; type: string }[]): string {
  const row = ({ name, type }: { name: string; type: string }) => `  ${JSON.stringify(name)}: ${type};`;
  const components = views
    .filter(({ declaration }) => declaration.kind === 'Arguments')
    .map((view) => row({ ...view, name: view.name.replace(/^components\//, '') }));
  const parts = views.filter(({ declaration }) => declaration.kind !== 'Arguments').map(row);
  const helpers = JSON.stringify(path.join(SOURCES, 'web/rendering/view-helpers.ts'));
  const html = JSON.stringify(path.join(SOURCES, 'web/rendering/html.ts'));
  return `import type { SafeHtml } from ${html};
export type { SafeHtml };
export type Helpers = import(${helpers}).ViewHelpers & {
  component<K extends keyof Components>(name: K, ...args: {} extends Components[K] ? [Components[K]?] : [Components[K]]): SafeHtml;
};
export interface Components {
${components.join('\n')}
}
export interface Parts {
${parts.join('\n')}
}
export type Include<It> = <K extends keyof Parts, const L extends object = {}>(
  name: K, ...locals: Omit<It, keyof L> & L extends Parts[K] ? [L?] : [never]) => SafeHtml;
/** Shows a text, which is escaped: HTML belongs into the other tag, and what may be missing is said so first. */
export type Text = <T extends string | number | boolean>(value: T) => void;
export type Html = (value: SafeHtml) => void;
`;
}

/** Opens the function, on one line: the template's first. */
function headerOf(name: string, type: string): string {
  const toTables = `${'../'.repeat(name.split('/').length - 1) || './'}tables.ts`;
  return `import type { Helpers, Html, Include, Text } from '${toTables}'; type It = ${type}; export function view(it: It, helpers: Helpers, include: Include<It>, __text: Text, __html: Html) { const { ${HELPERS.join(', ')} } = helpers; `;
}

/** The names that helpers have in templates. */
const HELPERS = [
  ...Object.keys(helpersFor({ locale: 'en', currencies: new Currencies([]), timeZone: 'UTC' })),
  'component',
];

const nameIn = (cache: string, file: string) => path.relative(cache, path.resolve(PROJECT, file));

/** Runs the compiler. @returns its errors, at the templates' own names and lines */
function compile(cache: string): string[] {
  const { stdout, stderr } = spawnSync(process.execPath, [TSC, '--noEmit', '--pretty', 'false', '-p', cache], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  return `${stdout}${stderr}`
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.replace(/^(\S+\.ejs)\.ts\(/, (_, file: string) => `views/${nameIn(cache, file)}(`));
}
