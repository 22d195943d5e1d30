import { all, find, one } from './dom.js';

/**
 * The button beneath the invoices can be pressed when one of them is chosen; beside it stands how many are.
 * @param {Document} root
 */
export function bindInvoiceChoice(root) {
  for (const form of all(root, 'form[data-choose]', HTMLFormElement)) {
    const button = find(form, '.choose-bar button', HTMLButtonElement);
    if (!button) continue;
    const update = () => {
      const chosen = all(form, 'input[name=invoice]:checked', HTMLInputElement).length;
      button.disabled = chosen === 0;
      one(form, '[data-choose-count]', HTMLElement).textContent = chosen > 0 ? String(chosen) : '';
    };
    form.addEventListener('change', update);
    update();
  }
}
