import { find } from './dom.js';

/**
 * What the page says was done is read aloud: a live region is read when it is filled, not when it is loaded.
 * @param {Document} root
 */
export function announceFlash(root) {
  const region = find(root, '[data-announcement]', HTMLElement);
  const words = find(root, '[data-flash] .flash', HTMLElement)?.textContent?.trim();
  if (region && words) setTimeout(() => (region.textContent = words), 300);
}
