import { all, one } from './dom.js';

/**
 * Menus close on Escape, on a click elsewhere, when another one opens, and when the focus leaves them; they open upwards
 * where there is more room.
 * @param {Document} root
 */
export function bindMenus(root) {
  const open = () => all(root, 'details[data-menu][open]', HTMLDetailsElement);
  const closeOthers = (/** @type {EventTarget | null} */ target) => {
    for (const menu of open()) if (!(target instanceof Node && menu.contains(target))) menu.open = false;
  };

  root.addEventListener('click', ({ target }) => closeOthers(target));
  root.addEventListener('focusin', ({ target }) => closeOthers(target));

  root.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    for (const menu of open()) {
      menu.open = false;
      one(menu, 'summary', HTMLElement).focus();
    }
  });

  // It does not bubble; lists are replaced while the page is open.
  root.addEventListener(
    'toggle',
    ({ target }) => {
      if (target instanceof HTMLDetailsElement && target.matches('[data-menu][open]')) turn(target);
    },
    { capture: true },
  );
}

/** @param {HTMLDetailsElement} menu */
function turn(menu) {
  menu.classList.remove('menu-up');
  const button = menu.getBoundingClientRect();
  const panel = one(menu, '.menu-panel', HTMLElement).getBoundingClientRect();
  const below = window.innerHeight - button.bottom;
  menu.classList.toggle('menu-up', panel.height + 12 > below && button.top > below + 60);
}
