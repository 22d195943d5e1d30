import { type IconName, iconSprite } from '../assets/icon-sprite.ts';
import { markup, type SafeHtml } from './html.ts';

/** A Lucide icon from the sprite; decorative, so the words beside it carry the meaning. */
export const icon = (name: IconName): SafeHtml =>
  markup`<svg class="icon" aria-hidden="true"><use href="${iconSprite().address}#${name}"/></svg>`;
