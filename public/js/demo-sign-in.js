import { all, find } from './dom.js';

/**
 * On a demo an account is chosen by pressing it: the form is filled in, and one looks at it before sending it.
 * @param {Document} root
 */
export function bindDemoAccounts(root) {
  for (const link of all(root, 'a[data-fill]', HTMLAnchorElement))
    link.addEventListener('click', (event) => {
      const [email, password] = ['email', 'password'].map((id) => find(root, `#${id}`, HTMLInputElement));
      if (!email || !password) return;
      event.preventDefault();
      email.value = link.dataset.fill ?? '';
      password.value = link.dataset.password ?? '';
      find(root, 'form[action="/login"] button[type=submit]', HTMLButtonElement)?.focus();
    });
}
