import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Asset } from './asset.ts';
import { iconSprite } from './icon-sprite.ts';
import { importsOf, readScripts, scriptNamed } from './scripts.ts';
import { staffStylesheet, stylesheet } from './stylesheets.ts';

const require = createRequire(import.meta.url);
const ICONS = path.join(import.meta.dirname, '../../../public/icons');
const FONTS = ['latin', 'latin-ext', 'cyrillic'].map((letters) => `inter-${letters}-wght-normal.woff2`);

/** The addresses that a page's head names. */
export interface PageAssets {
  favicon: string;
  /** For the screen of a phone. */
  touchIcon: string;
  stylesheets: string[];
  scripts: string[];
  /** What the scripts import. */
  modules: string[];
}

/** Everything that pages load, all of it from this server. */
export interface Assets {
  /** By address. */
  all: Map<string, Asset>;
  byName: Map<string, Asset>;
  customerPages: PageAssets;
  staffPages: PageAssets;
}

let made: Assets | undefined;

/** The files as they were when the process started. */
export function assets(): Assets {
  made ??= makeAssets();
  return made;
}

/** The files are read again for the next page. */
export function forgetAssets() {
  made = undefined;
}

function makeAssets(): Assets {
  const favicon = fileAsset(ICONS, 'kabinet.svg');
  const touchIcon = fileAsset(ICONS, 'kabinet-180.png');
  const referred = [favicon, touchIcon, fileAsset(ICONS, 'chevron-down.svg'), ...fonts()];
  const addressOf = (name: string) => {
    const asset = referred.find((asset) => asset.name === name);
    if (!asset) throw new Error(`A stylesheet refers to ${name}, which is not served`);
    return asset.address;
  };
  const styles = { app: stylesheet(addressOf), staff: staffStylesheet(addressOf) };
  const scripts = readScripts();
  const [app, staff] = [scriptNamed('app.js', scripts), scriptNamed('staff.js', scripts)];
  const served = [...referred, iconSprite(), styles.app, styles.staff, ...scripts.values()];
  const page = (stylesheets: Asset[], entries: Asset[]): PageAssets => ({
    favicon: favicon.address,
    touchIcon: touchIcon.address,
    stylesheets: addressesOf(stylesheets),
    scripts: addressesOf(entries),
    modules: addressesOf(entries.flatMap((entry) => importsOf(entry, scripts))),
  });
  return {
    all: new Map(served.map((asset) => [asset.address, asset])),
    byName: new Map(served.map((asset) => [asset.name, asset])),
    customerPages: page([styles.app], [app]),
    staffPages: page([styles.app, styles.staff], [app, staff]),
  };
}

/** Each once. */
const addressesOf = (files: Asset[]) => [...new Set(files.map(({ address }) => address))];

const fileAsset = (folder: string, name: string) => new Asset(name, fs.readFileSync(path.join(folder, name)));

let typeface: Asset[] | undefined;

/** They come with a package, so they do not change while the process runs. */
function fonts(): Asset[] {
  const folder = path.join(path.dirname(require.resolve('@fontsource-variable/inter/package.json')), 'files');
  typeface ??= FONTS.map((name) => fileAsset(folder, name));
  return typeface;
}
