import fs from 'node:fs';
import path from 'node:path';

export const PROJECT = path.join(import.meta.dirname, '../..');
export const SOURCES = path.join(PROJECT, 'src');

/** What a template's first comment says that it is given. */
export interface Declaration {
  /** A page and a part of one have what every page has besides; a component has its arguments only. */
  kind: 'Page' | 'Locals' | 'Arguments';
  /** The file that exports the type, where one is named. */
  from: string | null;
  /** A type: the name of one that `from` exports, with what is added to it, or the whole of it. */
  type: string;
}

const DECLARATION = /^<%#[\s\S]*?\b(Page|Locals|Arguments): (?:(src\/\S+\.ts) )?([\s\S]*?)\s*%>/;

/** @returns null where the template does not say what it is given */
export function findDeclaration(template: string): Declaration | null {
  const found = DECLARATION.exec(template);
  if (!found) return null;
  const [, kind, from = null, type = ''] = found;
  return { kind: kind as Declaration['kind'], from, type: type.replace(/\s+/g, ' ') };
}

/** The declared type as TypeScript, each name of the sources imported from where it is declared. */
export function typeOf(declaration: Declaration): string {
  const named = declaration.type.replace(NAMES, (name) => {
    const file = fileOf(name, declaration);
    return file ? `import(${JSON.stringify(file)}).${name}` : name;
  });
  return declaration.kind === 'Arguments' ? named : `import(${JSON.stringify(FRAME)}).PageFrame & (${named})`;
}

/** The types that a template names, as imports. */
export function importsOf(template: string): string {
  const declaration = findDeclaration(template);
  const names = new Set(declaration?.type.match(NAMES));
  const imports = [...names].flatMap((name) => {
    const file = declaration && fileOf(name, declaration);
    return file ? [`import type { ${name} } from ${JSON.stringify(file)};`] : [];
  });
  return [...imports, `import type { PageFrame } from ${JSON.stringify(FRAME)};`].join('\n');
}

const NAMES = /(?<![\w.'"])[A-Z]\w*/g;
const BUILT_IN = new Set(['Date', 'Record', 'Map', 'Set', 'Pick', 'Omit', 'Partial']);
const FRAME = path.join(SOURCES, 'web/rendering/render-page.ts');

function fileOf(name: string, { from, type }: Declaration): string | null {
  if (from !== null && /^\w+/.exec(type)?.[0] === name) return path.join(PROJECT, from);
  return BUILT_IN.has(name) ? null : (exportedTypes().get(name) ?? null);
}

const EXPORTED = /^export (?:abstract )?(?:interface|type|class) (\w+)/gm;
let exported: Map<string, string | null> | undefined;

/** Where each exported type of the sources is declared; null for a name that several files export. */
function exportedTypes(): Map<string, string | null> {
  if (exported) return exported;
  exported = new Map();
  const files = fs.readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  for (const file of files.map((name) => path.join(SOURCES, name)))
    for (const [, name = ''] of fs.readFileSync(file, 'utf8').matchAll(EXPORTED))
      exported.set(name, exported.has(name) ? null : file);
  return exported;
}
