import fs from 'node:fs';
import path from 'node:path';
import { forgetAssets } from './assets/assets.ts';
import { VIEWS } from './rendering/compile-views.ts';
import { forgetViews } from './rendering/render-view.ts';

const PUBLIC = path.join(import.meta.dirname, '../../public');

/**
 * In development a page that is loaded again shows what was changed in its template, a stylesheet or a script.
 * @returns what ends it
 */
export function watchFiles(): () => void {
  const watchers = [...watchFolders(VIEWS, forgetViews), ...watchFolders(PUBLIC, forgetAssets)];
  return () => {
    for (const watcher of watchers) watcher.close();
  };
}

/**
 * A folder and those in it, one by one: Node's recursive watcher follows the files that it found, and loses one that
 * an editor replaces with a new file when it saves.
 */
export function watchFolders(folder: string, changed: fs.WatchListener<string>): fs.FSWatcher[] {
  const inside = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory());
  const folders = [folder, ...inside.map(({ parentPath, name }) => path.join(parentPath, name))];
  // Without its watcher (a folder that was deleted, a limit of the system) a folder is read at the next start.
  return folders.map((name) => fs.watch(name, { persistent: false }, changed).on('error', () => undefined));
}
