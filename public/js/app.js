import { announceFlash } from './announce.js';
import { bindCopy } from './copy.js';
import { find } from './dom.js';
import { bindDrafts } from './drafts.js';
import { bindFieldErrors } from './field-errors.js';
import { bindFilters } from './live-filters.js';
import { bindMenus } from './menus.js';
import { bindOrderForm } from './order-form.js';
import { bindRenewals } from './renewals.js';
import { bindSelection } from './selection.js';
import { bindSubmitOnce } from './submit-once.js';
import { showLocalTimes } from './times.js';
import { bindTopUp } from './top-up.js';

bindMenus(document);
// Before the forms' own scripts read them.
bindDrafts(document);
bindCopy(document);
bindSubmitOnce(document);
bindFilters(document, () => bindSelection(document));
bindSelection(document);
bindTopUp(document);
bindRenewals(document);
bindOrderForm(document);
bindFieldErrors(document);
announceFlash(document);
showLocalTimes(document);

const print = find(document, 'template[data-print]', HTMLTemplateElement);
if (print) {
  print.after(print.content.cloneNode(true));
  print.nextElementSibling?.addEventListener('click', () => window.print());
}

// Few pages ask for a password.
if (find(document, '[data-password-box]', HTMLElement))
  import('./passwords.js').then(({ bindPasswords }) => bindPasswords(document)).catch(() => {});
if (find(document, 'a[data-fill]', HTMLElement))
  import('./demo-sign-in.js').then(({ bindDemoAccounts }) => bindDemoAccounts(document)).catch(() => {});

// What went wrong is read first.
find(document, '.alert-bad[tabindex]', HTMLElement)?.focus();
