import { all, given } from './dom.js';

const SHOWN_MS = 2_000;

/**
 * Buttons that copy what stands before them, and say so where a screen reader hears it.
 * @param {Document} root
 */
export function bindCopy(root) {
  // Over plain http a browser has no clipboard.
  if (!navigator.clipboard) {
    for (const button of all(root, '[data-copy]', HTMLElement)) button.hidden = true;
    return;
  }
  root.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('[data-copy]') : null;
    // A browser may refuse; the text stands there to be copied by hand.
    if (button instanceof HTMLElement) copy(button).catch(() => {});
  });
}

/** @param {HTMLElement} button */
async function copy(button) {
  await navigator.clipboard.writeText(given(button, 'copy'));
  const done = document.createElement('span');
  done.setAttribute('role', 'status');
  done.className = 'copied small';
  button.after(done);
  // A live region is read when it is filled, not when it appears.
  requestAnimationFrame(() => (done.textContent = given(button, 'done')));
  setTimeout(() => done.remove(), SHOWN_MS);
}
