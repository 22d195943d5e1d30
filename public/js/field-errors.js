import { all, find } from './dom.js';

/**
 * What the server found wrong with a field stands beside it until the field is changed: then it is for the server to say
 * again.
 * @param {Document} root
 */
export function bindFieldErrors(root) {
  for (const field of all(root, '[aria-invalid=true]', HTMLElement))
    field.addEventListener('input', () => forget(root, field), { once: true });
}

/**
 * @param {Document} root
 * @param {HTMLElement} field
 */
function forget(root, field) {
  field.removeAttribute('aria-invalid');
  for (const id of (field.getAttribute('aria-describedby') ?? '').split(' '))
    if (id.endsWith('-error')) root.getElementById(id)?.remove();
  find(root, `.alert-bad a[href="#${CSS.escape(field.id)}"]`, HTMLElement)
    ?.closest('li')
    ?.classList.add('is-changed');
}
