import { add, decimal, divideHalfUp, multiply, negated, subtract } from './decimal.js';
import { all, find, given, one, setText } from './dom.js';
import { formatMoney, showFigure, showMoney } from './money.js';
import { whenShown } from './page-shown.js';

/** @import { Decimal } from './decimal.js' */

/**
 * The order form shows the summary of the chosen period, and adds the chosen options to it; without this script the
 * server calculates when it is asked to. The server calculates again in any case.
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
  form.addEventListener('change', () => {
    update();
    keepInAddress(form);
  });
  whenShown(update);
}

/** A key and what is only the form's own have no place in an address. */
const KEPT = ['plan', 'months', 'location', 'hostname', 'os', 'option'];

/**
 * What is chosen stands in the address, so that it is still there when the language or the currency is switched.
 * @param {HTMLFormElement} form
 */
function keepInAddress(form) {
  const chosen = [...new FormData(form)].flatMap(([name, value]) =>
    KEPT.includes(name) && typeof value === 'string' && value !== '' ? [[name, value]] : [],
  );
  const address = `/orders/new?${new URLSearchParams(chosen)}`;
  history.replaceState(null, '', address);
  for (const here of all(document, 'input[data-here]', HTMLInputElement)) here.value = address;
  for (const link of all(document, '.shop-currencies a', HTMLAnchorElement)) {
    const currency = new URL(link.href).searchParams.get('currency') ?? '';
    link.href = `${address}&currency=${currency}`;
  }
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
  for (const place of [one(summary, '[data-total]', HTMLElement), ...all(form, '.order-bar [data-total]', HTMLElement)])
    show(form, place, total, Number(given(form, 'digits')));
  if (form.dataset.balance !== undefined)
    showBalance(form, summary, subtract(decimal(form.dataset.balance), total), total);
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
 * What is left of the balance, or lacks, beside the total and on the button that pays.
 * @param {HTMLFormElement} form
 * @param {HTMLElement} summary
 * @param {Decimal} after
 * @param {Decimal} total
 */
function showBalance(form, summary, after, total) {
  const how = {
    locale: given(form, 'locale'),
    currency: given(form, 'currency'),
    digits: Number(given(form, 'digits')),
  };
  const isShort = after.units < 0n;
  const change = one(summary, '[data-balance-change]', HTMLElement);
  const words = given(change, isShort ? 'short' : 'enough');
  setText(change, words.replace('#', formatMoney(isShort ? negated(after) : after, how)));
  change.classList.toggle('text-warn', isShort);
  for (const button of all(form, 'button[data-enough]', HTMLButtonElement)) {
    const label = given(button, isShort ? 'short' : 'enough');
    setText(button, label.replace('#', formatMoney(isShort ? negated(after) : total, how)));
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} place
 * @param {Decimal} value
 * @param {number} digits
 */
function show(form, place, value, digits) {
  const element = one(place, 'data', HTMLDataElement);
  const how = { locale: given(form, 'locale'), currency: given(element, 'currency'), digits };
  if (place.classList.contains('equivalent')) showFigure(element, value, how);
  else showMoney(element, value, how);
}
