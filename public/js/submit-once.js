import { all } from './dom.js';

/** After so long a request was stopped, or its answer went to another tab. */
const AGAIN_MS = 10_000;

/**
 * A form that changes something is sent once: its buttons are disabled while it is on its way, and say so. They can be
 * pressed again after a while, and when the page is shown again: the server answers what is sent twice as done.
 * @param {Document} root
 */
export function bindSubmitOnce(root) {
  for (const form of all(root, 'form[data-once]', HTMLFormElement)) bindForm(form);
}

/** @param {HTMLFormElement} form */
function bindForm(form) {
  /** @type {HTMLButtonElement[]} those that were disabled here */
  let disabled = [];
  let sent = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const allow = () => {
    sent = false;
    clearTimeout(timer);
    for (const button of disabled) restore(button);
    disabled = [];
  };
  form.addEventListener('submit', (event) => {
    if (sent) return event.preventDefault();
    sent = true;
    const pressed = event.submitter;
    // After the browser has collected the fields, the pressed button's among them.
    setTimeout(() => {
      disabled = [...form.elements].filter((element) => isEnabledButton(element));
      for (const button of disabled) button.disabled = true;
      if (pressed instanceof HTMLButtonElement) showBusy(pressed);
    });
    timer = setTimeout(() => {
      allow();
      tellUnsure(form);
    }, AGAIN_MS);
  });
  window.addEventListener('pageshow', allow);
}

/** @returns {element is HTMLButtonElement} */
const isEnabledButton = (/** @type {Element} */ element) => element instanceof HTMLButtonElement && !element.disabled;

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
