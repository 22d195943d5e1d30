import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import express, { Router } from 'express';

const require = createRequire(import.meta.url);
const PUBLIC = path.join(import.meta.dirname, '../../../public');
const folderOf = (file: string) => path.dirname(require.resolve(file));

/** The icons that views use; a name missing here shows nothing, so a test compares both. */
export const ICONS = [
  'arrow-down',
  'arrow-left',
  'arrow-left-right',
  'arrow-right',
  'arrow-up',
  'ban',
  'check',
  'chevron-down',
  'chevron-left',
  'chevron-right',
  'circle-alert',
  'circle-check',
  'circle-pause',
  'circle-x',
  'clock-alert',
  'columns-3',
  'credit-card',
  'download',
  'ellipsis',
  'file-text',
  'info',
  'landmark',
  'layout-dashboard',
  'loader',
  'log-out',
  'menu',
  'monitor',
  'moon',
  'plus',
  'printer',
  'refresh-cw',
  'scroll-text',
  'search',
  'server',
  'sun',
  'triangle-alert',
  'upload',
  'user',
  'users',
  'wallet',
  'x',
];

/** Lucide's drawings as one sprite, made once when the process starts. */
function iconSprite(): string {
  const folder = path.join(path.dirname(require.resolve('lucide-static/package.json')), 'icons');
  const symbols = ICONS.map((name) => {
    const drawing = fs.readFileSync(path.join(folder, `${name}.svg`), 'utf8');
    const shapes = drawing.slice(drawing.indexOf('>', drawing.indexOf('<svg')) + 1, drawing.lastIndexOf('</svg>'));
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${shapes.trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}

/** Styles, scripts, icons and the typeface, all from this server; only these folders, no dot files. */
export function staticFiles(): Router {
  const router = Router();
  const sprite = iconSprite();
  router.get('/icons.svg', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=3600').type('svg').send(sprite);
  });
  const options = { dotfiles: 'ignore', index: false, redirect: false } as const;
  router.use(
    '/fonts',
    express.static(path.join(folderOf('@fontsource-variable/inter/package.json'), 'files'), {
      ...options,
      maxAge: '365d',
      immutable: true,
    }),
  );
  router.use(express.static(PUBLIC, { ...options, maxAge: '5m' }));
  return router;
}
