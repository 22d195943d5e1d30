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
    const allowAgain = () => {
      if (!sent) return;
      allow();
      tellUnsure(form);
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
      setTimeout(allowAgain, AGAIN_MS);
    });
    whenShown(allow);
  }
}

/**
 * Nobody knows here whether it went through: the page does, once it is loaded again.
 * @param {HTMLFormElement} form
 */
function tellUnsure(form) {
  const { unsure, check } = document.body.dataset;
  if (!unsure || !check || form.querySelector('.unsure')) return;
  const words = document.createElement('p');
  words.className = 'hint unsure';
  words.setAttribute('role', 'status');
  const link = document.createElement('a');
  link.href = window.location.href;
  link.textContent = check;
  words.append(`${unsure} `, link);
  form.append(words);
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
