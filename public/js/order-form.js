import { add, decimal, divide, multiply, round, text } from './decimal.js';

/**
 * The order form shows the summary of the chosen period only, and reckons the chosen options into it; without this
 * script all periods stand there, and the server reckons. The server reckons again in any case.
 */
export function bindOrderForm(root) {
  const form = root.querySelector('form[data-order-form]');
  if (!form) return;
  const update = () => {
    const chosen = form.querySelector('input[name=months]:checked')?.dataset.summary;
    for (const summary of form.querySelectorAll('[data-order-summary]')) {
      summary.hidden = `#${summary.id}` !== chosen;
      if (!summary.hidden) reckon(form, summary);
    }
  };
  form.addEventListener('change', update);
  update();
}

function reckon(form, summary) {
  const options = [...form.querySelectorAll('input[name=option]')];
  const months = decimal(summary.dataset.months);
  const total = options
    .filter((option) => option.checked)
    .map((option) => multiply(decimal(option.dataset.monthly), months))
    .reduce(add, decimal(summary.dataset.base));
  for (const option of options)
    for (const row of summary.querySelectorAll(`[data-extra="${option.value}"]`)) row.hidden = !option.checked;
  show(form, summary.querySelector('[data-total] data'), total, Number(form.dataset.digits));
  for (const line of summary.querySelectorAll('.equivalent[data-rate]')) {
    const { rate, ownRate, digits } = line.dataset;
    show(form, line.querySelector('data'), halfUp(multiply(total, decimal(rate)), decimal(ownRate), Number(digits)), Number(digits)); // prettier-ignore
  }
}

/** a ÷ b to so many digits, a half upwards, as the server rounds an equivalent. */
function halfUp(a, b, digits) {
  const finer = divide(a, b, digits + 1);
  return { units: (finer.units + 5n) / 10n, scale: digits };
}

function show(form, element, value, digits) {
  const currency = element.dataset.currency;
  const format = new Intl.NumberFormat(form.dataset.locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  element.textContent = format.format(text(value));
  element.value = text(round(value, digits));
}
