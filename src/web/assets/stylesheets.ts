import fs from 'node:fs';
import path from 'node:path';
import { Asset } from './asset.ts';

const CSS = path.join(import.meta.dirname, '../../../public/css');

/** Each is a file or a folder of public/css and a cascade layer; what comes later wins. */
const LAYERS = ['reset', 'tokens', 'base', 'components', 'pages', 'utilities', 'print'];

/** What only staff's pages need: rules of pages, in a stylesheet that comes after the customers'. */
const STAFF = { folder: 'pages/staff', layer: 'pages' };

/**
 * The stylesheet of every page, made of its parts in the order of the layers.
 * @param addressOf the address of a file that a rule refers to, by its name
 */
export function stylesheet(addressOf: (name: string) => string): Asset {
  const layers = LAYERS.map((layer) => layerOf(layer, partsOf(layer)));
  return sheet('app.css', [`@layer ${LAYERS.join(', ')};`, ...layers], addressOf);
}

export function staffStylesheet(addressOf: (name: string) => string): Asset {
  return sheet('staff.css', [layerOf(STAFF.layer, filesIn(STAFF.folder))], addressOf);
}

const layerOf = (layer: string, parts: string[]) =>
  `@layer ${layer} {\n${parts.map((file) => fs.readFileSync(file, 'utf8')).join('\n')}}`;

function partsOf(layer: string): string[] {
  const file = path.join(CSS, `${layer}.css`);
  return fs.existsSync(file) ? [file] : filesIn(layer);
}

/** Without those of its folders; by name, so that the order is the same everywhere. */
const filesIn = (folder: string) =>
  fs
    .readdirSync(path.join(CSS, folder))
    .filter((name) => name.endsWith('.css'))
    .sort()
    .map((name) => path.join(CSS, folder, name));

const sheet = (name: string, parts: string[], addressOf: (name: string) => string) =>
  new Asset(
    name,
    `${parts.join('\n')}\n`.replace(
      /url\('([^']+)'\)/g,
      (_, file: string) => `url('${addressOf(path.basename(file))}')`,
    ),
  );
