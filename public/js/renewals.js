import { add, decimal, text } from './decimal.js';

/** The total of the periods chosen, while one chooses; the invoice that follows computes it anew. */
export function bindRenewals(root) {
  const form = root.querySelector('form[data-renewals]');
  if (!form) return;
  const { locale, currency } = form.dataset;
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  });
  const update = () => {
    const prices = [...form.querySelectorAll('option[data-price]:checked')].map((option) =>
      decimal(option.dataset.price),
    );
    const total = prices.reduce(add, { units: 0n, scale: 0 });
    form.querySelector('[data-renewals-total]').textContent = prices.length > 0 ? format.format(text(total)) : '';
  };
  form.addEventListener('change', update);
  update();
}
