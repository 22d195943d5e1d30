import { all } from './dom.js';
import { whenShown } from './page-shown.js';

/** After so long a request was stopped, or its answer went to another tab. */
const AGAIN_MS = 10_000;

/**
 * A form that changes something is sent once: its buttons are disabled while it is on its way, and say so. They can be
 * pressed again after a while, and when the page is shown again: what is sent twice is refused or answered as done.
 * @param {Document} root
 */
export function bindSubmitOnce(root) {
  for (const form of all(root, 'form[data-once]', HTMLFormElement)) {
    let sent = false;
    const buttons = () => [...form.elements].filter((element) => element instanceof HTMLButtonElement);
    const allow = () => {
      sent = false;
      for (const button of buttons()) restore(button);
    };
    form.addEventListener('submit', (event) => {
      if (sent) return event.preventDefault();
      sent = true;
      const pressed = event.submitter;
      // After the browser has collected the fields, the pressed button's among them.
      setTimeout(() => {
        for (const button of buttons()) button.disabled = true;
        if (pressed instanceof HTMLButtonElement) showBusy(pressed);
      });
      setTimeout(allow, AGAIN_MS);
    });
    whenShown(allow);
  }
}

/** @type {WeakMap<HTMLButtonElement, Node[]>} */
const labels = new WeakMap();

/** @param {HTMLButtonElement} button */
function showBusy(button) {
  const words = document.body.dataset.sending;
  if (!words || labels.has(button)) return;
  labels.set(button, [...button.childNodes]);
  button.style.minInlineSize = `${button.offsetWidth}px`;
  button.replaceChildren(words);
}

/** @param {HTMLButtonElement} button */
function restore(button) {
  button.disabled = false;
  const label = labels.get(button);
  if (label) button.replaceChildren(...label);
  labels.delete(button);
}
