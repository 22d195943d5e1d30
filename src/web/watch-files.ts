import fs from 'node:fs';
import path from 'node:path';
import { forgetAssets } from './assets/assets.ts';
import { VIEWS } from './rendering/compile-views.ts';
import { forgetViews } from './rendering/render-view.ts';

const PUBLIC = path.join(import.meta.dirname, '../../public');

/** In development a page that is loaded again shows what was changed in its template, a stylesheet or a script. */
export function watchFiles() {
  const options = { recursive: true, persistent: false } as const;
  fs.watch(VIEWS, options, forgetViews);
  fs.watch(PUBLIC, options, forgetAssets);
}
