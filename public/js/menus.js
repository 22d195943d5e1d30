import { all, one } from './dom.js';

/**
 * Menus close on Escape, on a click elsewhere, and when another one opens.
 * @param {Document} root
 */
export function bindMenus(root) {
  const open = () => all(root, 'details[data-menu][open]', HTMLDetailsElement);

  root.addEventListener('click', ({ target }) => {
    for (const menu of open()) if (!(target instanceof Node && menu.contains(target))) menu.open = false;
  });

  root.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of open()) {
      menu.open = false;
      one(menu, 'summary', HTMLElement).focus();
    }
  });
}
