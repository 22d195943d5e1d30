import { add, decimal, divideHalfUp, multiply } from './decimal.js';
import { all, find, given, one } from './dom.js';
import { showMoney } from './money.js';
import { whenShown } from './page-shown.js';

/** @import { Decimal } from './decimal.js' */

/**
 * The order form shows the summary of the chosen period only, and adds the chosen options to it; without this script
 * all periods stand there, and the server calculates. The server calculates again in any case.
 * @param {Document} root
 */
export function bindOrderForm(root) {
  const form = find(root, 'form[data-order-form]', HTMLFormElement);
  if (!form) return;
  const update = () => {
    const chosen = find(form, 'input[name=months]:checked', HTMLInputElement)?.dataset.summary;
    for (const summary of all(form, '[data-order-summary]', HTMLElement)) {
      summary.hidden = `#${summary.id}` !== chosen;
      if (!summary.hidden) calculate(form, summary);
    }
  };
  form.addEventListener('change', update);
  whenShown(update);
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} summary
 */
function calculate(form, summary) {
  const options = all(form, 'input[name=option]', HTMLInputElement);
  for (const option of options)
    for (const row of all(summary, `[data-extra="${option.value}"]`, HTMLElement)) row.hidden = !option.checked;
  const total = totalOf(options, summary);
  show(form, one(summary, '[data-total]', HTMLElement), total, Number(given(form, 'digits')));
  for (const line of all(summary, '.equivalent[data-rate]', HTMLElement)) {
    const digits = Number(given(line, 'digits'));
    const inBase = multiply(total, decimal(given(line, 'rate')));
    show(form, line, divideHalfUp(inBase, decimal(given(line, 'ownRate')), digits), digits);
  }
}

/**
 * @param {HTMLInputElement[]} options
 * @param {HTMLElement} summary
 */
function totalOf(options, summary) {
  const months = decimal(given(summary, 'months'));
  return options
    .filter((option) => option.checked)
    .map((option) => multiply(decimal(given(option, 'monthly')), months))
    .reduce(add, decimal(given(summary, 'base')));
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} place
 * @param {Decimal} value
 * @param {number} digits
 */
function show(form, place, value, digits) {
  const element = one(place, 'data', HTMLDataElement);
  showMoney(element, value, { locale: given(form, 'locale'), currency: given(element, 'currency'), digits });
}
