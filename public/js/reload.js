import { find, given } from './dom.js';

/**
 * A page about something that is running loads itself again while it runs.
 * @param {Document} root
 */
export function bindReload(root) {
  const running = find(root, '[data-reload]', HTMLElement);
  if (running) setTimeout(() => location.reload(), Number(given(running, 'reload')));
}
