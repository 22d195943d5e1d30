import { add, decimal, negated, subtract, ZERO } from './decimal.js';
import { all, find, given, one, setText } from './dom.js';
import { formatMoney } from './money.js';
import { whenShown } from './page-shown.js';

/**
 * The total of the periods that are chosen, and the balance afterwards, as they are chosen; the invoice calculates them
 * again.
 * @param {Document} root
 */
export function bindRenewals(root) {
  const form = find(root, 'form[data-renewals]', HTMLFormElement);
  if (!form) return;
  const update = () => showTotal(form);
  form.addEventListener('change', update);
  bindPeriodForAll(root, form, update);
  whenShown(update);
}

/** @param {HTMLFormElement} form */
function showTotal(form) {
  const chosen = [
    ...all(form, 'option[data-price]:checked', HTMLOptionElement),
    ...all(form, 'input[data-price]:checked', HTMLInputElement),
  ];
  const total = chosen.map((choice) => decimal(given(choice, 'price'))).reduce(add, ZERO);
  const after = subtract(decimal(given(form, 'balance')), total);
  const short = after.units < 0n;
  const how = { locale: given(form, 'locale'), currency: given(form, 'currency') };
  const button = one(form, 'button[data-enough]', HTMLButtonElement);
  const missing = formatMoney(short ? negated(after) : after, how);
  setText(one(form, '[data-renewals-total]', HTMLElement), formatMoney(total, how));
  setText(
    one(form, '[data-renewals-change]', HTMLElement),
    given(button, short ? 'lacking' : 'change').replace('#', missing),
  );
  setText(
    button,
    short
      ? given(button, 'short').replace('#', missing)
      : given(button, 'enough').replace('#', formatMoney(total, how)),
  );
  for (const each of all(form, 'button[name=pay]', HTMLButtonElement)) each.disabled = chosen.length === 0;
}

/**
 * @param {Document} root
 * @param {HTMLFormElement} form
 * @param {() => void} onApplied
 */
function bindPeriodForAll(root, form, onApplied) {
  const forAll = find(root, 'form[data-period-for-all]', HTMLFormElement);
  if (!forAll) return;
  one(forAll, 'button', HTMLButtonElement).hidden = true;
  const period = one(forAll, 'select', HTMLSelectElement);
  period.addEventListener('change', () => {
    const selects = all(form, 'select[data-own]', HTMLSelectElement);
    // Of those that are renewed; where none is, it begins with all.
    const some = selects.some(({ value }) => value !== '');
    for (const select of selects) {
      if (some && select.value === '') continue;
      const offered = all(select, 'option', HTMLOptionElement).some(({ value }) => value === period.value);
      select.value = period.value !== '' && offered ? period.value : given(select, 'own');
    }
    onApplied();
  });
}
