import { add, decimal, ZERO } from './decimal.js';
import { all, find, given, one } from './dom.js';
import { formatMoney } from './money.js';

/**
 * The total of the periods chosen, as they are chosen; the invoice calculates it again.
 * @param {Document} root
 */
export function bindRenewals(root) {
  const form = find(root, 'form[data-renewals]', HTMLFormElement);
  if (!form) return;
  const how = { locale: given(form, 'locale'), currency: given(form, 'currency') };
  const update = () => {
    const prices = all(form, 'option[data-price]:checked', HTMLOptionElement).map((option) =>
      decimal(given(option, 'price')),
    );
    const total = prices.length > 0 ? formatMoney(prices.reduce(add, ZERO), how) : '';
    one(form, '[data-renewals-total]', HTMLElement).textContent = total;
  };
  form.addEventListener('change', update);
  update();
}
