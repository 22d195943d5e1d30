import fs from 'node:fs';
import path from 'node:path';
import { Asset, hashOf } from './asset.ts';

const JS = path.join(import.meta.dirname, '../../../public/js');
const IMPORT = /^(?:import|\}) .*from '\.\/([\w-]+\.js)';$/gm;

/** The modules of public/js, by name. */
export type Scripts = Map<string, Asset>;

/** They import each other by relative addresses, so all of them share one hash. */
export function readScripts(): Scripts {
  const names = fs.readdirSync(JS).filter((name) => name.endsWith('.js'));
  const files = names.sort().map((name) => ({ name, content: fs.readFileSync(path.join(JS, name), 'utf8') }));
  const hash = hashOf(JSON.stringify(files));
  return new Map(files.map(({ name, content }) => [name, new Asset(name, content, hash)]));
}

export function scriptNamed(name: string, scripts: Scripts): Asset {
  const script = scripts.get(name);
  if (!script) throw new Error(`public/js has no ${name}`);
  return script;
}

/** Every module that a script imports, and that those import; a browser told of them asks for all at once. */
export function importsOf(entry: Asset, scripts: Scripts): Asset[] {
  const found = new Set<Asset>();
  const visit = (script: Asset) => {
    for (const [, name = ''] of script.content.toString().matchAll(IMPORT)) {
      const imported = scriptNamed(name, scripts);
      if (found.has(imported)) continue;
      found.add(imported);
      visit(imported);
    }
  };
  visit(entry);
  return [...found];
}
