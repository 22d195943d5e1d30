import { all, find } from './dom.js';

const DRAFT = 'draft';

/**
 * What was typed into a form whose session had ended is there again after the sign-in, for the same person and in the
 * same tab. Every page but that of the sign-in forgets it.
 * @param {Document} root
 */
export function bindDrafts(root) {
  const user = root.body.dataset.user;
  const draft = readDraft();
  if (!user && draft && window.location.pathname === '/login') return keepDraft({ ...draft, signedInAgain: true });
  sessionStorage.removeItem(DRAFT);
  if (!user) return;
  if (draft?.signedInAgain && draft.user === user) restore(root, draft);
  root.addEventListener('submit', ({ target }) => {
    if (target instanceof HTMLFormElement && target.getAttribute('method') === 'post')
      keepDraft({ user, action: target.action, fields: fieldsOf(target).filter(isNoSecret), signedInAgain: false });
  });
}

/**
 * @typedef {{ user: string, action: string, fields: [name: string, value: string][], signedInAgain: boolean }} Draft
 */

/** @returns {Draft | null} */
function readDraft() {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT) ?? 'null');
  } catch {
    return null;
  }
}

/** @param {Draft} draft */
function keepDraft(draft) {
  sessionStorage.setItem(DRAFT, JSON.stringify(draft));
}

/**
 * @param {HTMLFormElement} form
 * @returns {Draft['fields']} what people typed and chose; no passwords, and nothing that is hidden
 */
function fieldsOf(form) {
  return [...form.elements].flatMap((field) => {
    if (field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement) return [[field.name, field.value]];
    if (!(field instanceof HTMLInputElement) || field.name === '' || UNSEEN.includes(field.type)) return [];
    const chosen = field.checked || (field.type !== 'checkbox' && field.type !== 'radio');
    return chosen ? [[field.name, field.value]] : [];
  });
}

/** @param {[name: string, value: string]} field */
const isNoSecret = ([, value]) => !value.includes('PRIVATE KEY');

const UNSEEN = ['hidden', 'password', 'file'];

/**
 * @param {Document} root
 * @param {Draft} draft
 */
function restore(root, { action, fields }) {
  const form = all(root, 'form', HTMLFormElement).find((candidate) => candidate.action === action);
  if (!form) return;
  const names = new Set(fields.map(([name]) => name));
  for (const box of all(form, '[type=checkbox], [type=radio]', HTMLInputElement))
    if (names.has(box.name) || box.type === 'checkbox')
      box.checked = fields.some(([name, value]) => name === box.name && value === box.value);
  for (const [name, value] of fields) {
    const field = find(
      form,
      `[name="${CSS.escape(name)}"]:not([type=hidden], [type=checkbox], [type=radio])`,
      HTMLElement,
    );
    if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement)
      field.value = value;
  }
  form.dispatchEvent(new Event('change', { bubbles: true }));
  const words = document.createElement('p');
  words.className = 'flash flash-info restored';
  words.textContent = root.body.dataset.restored ?? '';
  find(root, '.flash-region', HTMLElement)?.append(words);
}
