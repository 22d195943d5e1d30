import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Asset } from './asset.ts';

const require = createRequire(import.meta.url);

/** The icons that views use. */
const ICONS = [
  'arrow-down',
  'arrow-left',
  'arrow-left-right',
  'arrow-right',
  'arrow-up',
  'ban',
  'book-open',
  'calendar-clock',
  'calendar-x-2',
  'check',
  'chevron-down',
  'chevron-left',
  'chevron-right',
  'circle-alert',
  'circle-check',
  'circle-pause',
  'circle-x',
  'circle-dashed',
  'clock-alert',
  'columns-3',
  'copy',
  'credit-card',
  'download',
  'ellipsis',
  'eye',
  'eye-off',
  'history',
  'network',
  'package',
  'file-text',
  'id-card',
  'info',
  'key-round',
  'landmark',
  'layout-dashboard',
  'life-buoy',
  'list-checks',
  'loader',
  'log-out',
  'mail',
  'menu',
  'monitor',
  'moon',
  'plus',
  'printer',
  'refresh-cw',
  'scroll-text',
  'search',
  'server',
  'settings',
  'shield-check',
  'sliders-horizontal',
  'smartphone',
  'sun',
  'triangle-alert',
  'upload',
  'user',
  'users',
  'wallet',
  'wrench',
  'x',
] as const;
export type IconName = (typeof ICONS)[number];

let sprite: Asset | undefined;

/** Lucide's drawings as one file, made once. */
export function iconSprite(): Asset {
  sprite ??= new Asset('icons.svg', drawSprite());
  return sprite;
}

function drawSprite(): string {
  const folder = path.join(path.dirname(require.resolve('lucide-static/package.json')), 'icons');
  const symbols = ICONS.map((name) => {
    const drawing = fs.readFileSync(path.join(folder, `${name}.svg`), 'utf8');
    const shapes = drawing.slice(drawing.indexOf('>', drawing.indexOf('<svg')) + 1, drawing.lastIndexOf('</svg>'));
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${shapes.trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}
