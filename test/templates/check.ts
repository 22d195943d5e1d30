import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { translator } from '../../src/platform/i18n/i18n.ts';
import { Currencies } from '../../src/domain/money/currency.ts';
import { viewHelpers } from '../../src/web/rendering/view-helpers.ts';
import { type Declaration, findDeclaration, PROJECT, SOURCES, typeOf } from './declaration.ts';
import { toTypeScript } from './to-typescript.ts';

interface View {
  name: string;
  template: string;
  kind: Declaration['kind'];
  type: string;
}

/**
 * Checks the types of all templates in the folder `views`: each becomes a TypeScript file in `cache`, and the compiler
 * runs over them. @returns what is wrong, each with the template's name and line
 */
export function checkViews(views: string, cache: string): string[] {
  const undeclared: string[] = [];
  const declared: View[] = [];
  const files = fs.readdirSync(views, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ejs'));
  for (const name of files.sort().map((file) => file.slice(0, -'.ejs'.length))) {
    const template = fs.readFileSync(path.join(views, `${name}.ejs`), 'utf8');
    const declaration = findDeclaration(template);
    if (declaration) declared.push({ name, template, kind: declaration.kind, type: typeOf(declaration) });
    else undeclared.push(`views/${name}.ejs(1,1): error: The first comment names no Page, Locals or Arguments.`);
  }
  writeSources(declared, cache);
  return [...undeclared, ...compile(cache)];
}

function writeSources(views: View[], cache: string) {
  fs.rmSync(cache, { recursive: true, force: true });
  for (const { name, template, type } of views) {
    const file = path.join(cache, `${name}.ejs.ts`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, toTypeScript(template, headerOf(name, type)));
  }
  fs.writeFileSync(path.join(cache, 'tables.ts'), tablesOf(views));
  fs.writeFileSync(path.join(cache, 'tsconfig.json'), JSON.stringify(tsconfigIn(cache), null, 2));
}

/** Strict as the sources are, but for names that a template need not use. */
const tsconfigIn = (cache: string) => ({
  extends: path.relative(cache, path.join(PROJECT, 'tsconfig.json')),
  compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
  // What libraries add to each other's types is declared in the sources.
  include: ['**/*.ts', path.relative(cache, path.join(SOURCES, '**/*.ts'))],
});

/** The names that helpers have in templates. */
const HELPERS = [...Object.keys(viewHelpers('en', new Currencies([]), 'UTC', translator('en'))), 'component'];

/** Opens the function, on one line: the template's first. */
const headerOf = (name: string, type: string) =>
  [
    `import type { Helpers, Html, Include, Text } from '${'../'.repeat(name.split('/').length - 1) || './'}tables.ts';`,
    `type It = ${type};`,
    'export function view(it: It, helpers: Helpers, include: Include<It>, __text: Text, __html: Html) {',
    `const { ${HELPERS.join(', ')} } = helpers; `,
  ].join(' ');

/** Which views there are, what each is given, and how templates call each other. */
function tablesOf(views: View[]): string {
  const rows = (kinds: Declaration['kind'][]) =>
    views
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ name, type }) => `  ${JSON.stringify(name.replace(/^components\//, ''))}: ${type};`)
      .join('\n');
  const [helpers, html] = ['view-helpers.ts', 'html.ts'].map((file) => path.join(SOURCES, 'web/rendering', file));
  return `
import type { ViewHelpers } from ${JSON.stringify(helpers)};
import type { SafeHtml } from ${JSON.stringify(html)};
interface Components {
${rows(['Arguments'])}
}
interface Parts {
${rows(['Page', 'Locals'])}
}
/** A component takes just its arguments. */
type Component = <K extends keyof Components>(
  name: K, ...args: {} extends Components[K] ? [Components[K]?] : [Components[K]]) => SafeHtml;
/** A part of a page needs what the page has, or is given besides. */
export type Include<It> = <K extends keyof Parts, L extends object = {}>(
  name: K, ...locals: Omit<It, keyof L> & L extends Parts[K] ? [L?] : [never]) => SafeHtml;
export type Helpers = ViewHelpers & { component: Component };
export type Text = (value: string | number | boolean) => void;
export type Html = (value: SafeHtml) => void;
`;
}

const TSC = path.join(PROJECT, 'node_modules/typescript/bin/tsc');

/** Runs the compiler. @returns its errors, at the templates' own names and lines */
function compile(cache: string): string[] {
  const options = ['--noEmit', '--pretty', 'false', '-p', cache];
  const { stdout, stderr, status, error } = spawnSync(process.execPath, [TSC, ...options], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  const templateOf = (file: string) => `views/${path.relative(cache, path.resolve(PROJECT, file))}`;
  if (status === null) throw error ?? new Error('The compiler was stopped before it was done');
  const lines = `${stdout}${stderr}`;
  if (status !== 0 && lines.trim() === '') throw new Error(`The compiler ended with ${status}`);
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.replace(/^(\S+\.ejs)\.ts(?=\()/, (_, file: string) => templateOf(file)));
}
