import { bindLists } from './live-list.js';
import { bindMenus } from './menus.js';
import { bindForms } from './once.js';
import { bindOrderForm } from './order-form.js';
import { bindReload } from './reload.js';
import { bindRenewals } from './renewals.js';
import { bindTopUp } from './top-up.js';

bindMenus(document);
bindForms(document);
bindLists(document);
bindTopUp(document);
bindRenewals(document);
bindReload(document);
bindOrderForm(document);

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}

// What went wrong is read first.
document.querySelector('.alert-bad[tabindex]')?.focus();
