import { all, find, setText } from './dom.js';

/** Nobody stops typing for less. */
const PAUSE_MS = 400;

/**
 * A button that shows what was typed into a field for a password, and a word on a new one while it is typed.
 * @param {Document} root
 */
export function bindPasswords(root) {
  for (const box of all(root, '[data-password-box]', HTMLElement)) {
    const input = find(box, 'input', HTMLInputElement);
    const button = find(box, 'button', HTMLButtonElement);
    if (input && button) bindToggle(input, button);
    if (input?.dataset.judged) bindJudgement(input, input.dataset.judged);
  }
}

/**
 * @param {HTMLInputElement} input
 * @param {HTMLButtonElement} button
 */
function bindToggle(input, button) {
  button.hidden = false;
  button.addEventListener('click', () => {
    const shown = input.type === 'text';
    input.type = shown ? 'password' : 'text';
    button.setAttribute('aria-pressed', String(!shown));
    input.focus();
  });
  // Password managers look for the type, and nothing is left readable on the screen.
  input.form?.addEventListener('submit', () => (input.type = 'password'));
}

/**
 * @param {HTMLInputElement} input
 * @param {string} address
 */
function bindJudgement(input, address) {
  const field = input.closest('.field');
  const words = field && find(field, '[data-judgement]', HTMLElement);
  if (!words) return;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => judge(input, address, words).catch(() => setText(words, '')), PAUSE_MS);
  });
}

/**
 * @param {HTMLInputElement} input
 * @param {string} address
 * @param {HTMLElement} words
 */
async function judge(input, address, words) {
  const { form, value } = input;
  if (!form || value === '') {
    setText(words, '');
    return;
  }
  const sent = new URLSearchParams({ password: value, minimum: input.dataset.minimum ?? '' });
  for (const name of ['_csrf', 'email']) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement) sent.set(name, field.value);
  }
  const answer = await fetch(address, { method: 'POST', body: sent });
  /** @type {{ good: boolean, text: string }} */
  const { good, text } = await answer.json();
  // What was typed meanwhile is judged by itself.
  if (input.value !== value) return;
  words.classList.toggle('text-good', good);
  setText(words, text);
}
