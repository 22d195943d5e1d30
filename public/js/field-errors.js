import { find } from './dom.js';

/**
 * What is wrong with a field stands beside it until the field is changed: then it is for the server to say again.
 * @param {Document} root
 */
export function bindFieldErrors(root) {
  root.addEventListener('input', ({ target }) => {
    if (!(target instanceof HTMLElement) || target.getAttribute('aria-invalid') !== 'true') return;
    target.removeAttribute('aria-invalid');
    for (const id of (target.getAttribute('aria-describedby') ?? '').split(' '))
      if (id.endsWith('-error')) root.getElementById(id)?.remove();
    find(root, `.alert-bad a[href="#${CSS.escape(target.id)}"]`, HTMLElement)
      ?.closest('li')
      ?.classList.add('is-changed');
  });
}
