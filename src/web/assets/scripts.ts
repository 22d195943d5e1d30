import fs from 'node:fs';
import path from 'node:path';
import { Asset, hashOf } from './asset.ts';

const JS = path.join(import.meta.dirname, '../../../public/js');
const IMPORT = /^(?:import|\}) .*from '\.\/([\w-]+\.js)';$/gm;

/** The modules of public/js, by name. They import each other by relative addresses, so all of them share one hash. */
export function scripts(): Map<string, Asset> {
  const names = fs.readdirSync(JS).filter((name) => name.endsWith('.js'));
  const files = names.sort().map((name) => ({ name, content: fs.readFileSync(path.join(JS, name), 'utf8') }));
  const hash = hashOf(JSON.stringify(files));
  return new Map(files.map(({ name, content }) => [name, new Asset(name, content, hash)]));
}

/** Every module that one of them imports, and that those import; a browser told of them asks for all at once. */
export function importsOf(entry: string, modules: Map<string, Asset>): Asset[] {
  const found = new Set<Asset>();
  const visit = (name: string) => {
    const source = modules.get(name)?.content.toString() ?? '';
    for (const [, imported = ''] of source.matchAll(IMPORT)) {
      const asset = modules.get(imported);
      if (!asset) throw new Error(`${name} imports ${imported}, which is not there`);
      if (found.has(asset)) continue;
      found.add(asset);
      visit(imported);
    }
  };
  visit(entry);
  return [...found];
}
