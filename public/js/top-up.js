import { add, decimal, divide, multiply, round, text } from './decimal.js';

/**
 * The top-up form: one field for each currency; typing in one fills the others, and the one typed in last counts. The
 * two plain fields it stands for carry what is sent.
 */
export function bindTopUp(root) {
  const form = root.querySelector('form[data-top-up]');
  if (form) new TopUp(form).start();
}

class TopUp {
  constructor(form) {
    this.form = form;
    this.fields = [...form.querySelectorAll('input[data-currency]')];
    this.account = this.fields.find((field) => field.dataset.currency === form.dataset.account);
    this.amount = form.querySelector('#amount');
    this.currency = form.querySelector('#currency');
  }

  start() {
    if (!this.account) return;
    this.form.querySelector('[data-fields]').hidden = false;
    this.form.querySelector('[data-plain]').hidden = true;
    for (const field of this.fields) field.addEventListener('input', () => this.typed(field));
    const first = this.fields.find((field) => field.dataset.currency === this.currency.value) ?? this.account;
    if (this.amount.value !== '') this.typed(first, this.amount.value);
    this.form.querySelector('.alert-bad') ?? first.focus();
  }

  typed(field, value = field.value) {
    if (field.value !== value) field.value = value;
    this.amount.value = value;
    this.currency.value = field.dataset.currency;
    for (const other of this.fields) other.classList.toggle('is-typed', other === field);
    this.form.querySelector('[data-rate-line]').textContent = field.dataset.rateNote;
    const pay = parse(value, this.form.dataset.locale, Number(field.dataset.digits));
    const credit = pay && round(multiply(pay, decimal(field.dataset.creditRate)), Number(this.account.dataset.digits));
    for (const other of this.fields) if (other !== field) other.value = credit ? text(this.payFor(credit, other)) : '';
    this.summarise(field, pay, credit);
  }

  /** The least amount in a field's currency that is credited as so much. */
  payFor(credit, field) {
    return divide(credit, decimal(field.dataset.creditRate), Number(field.dataset.digits), true);
  }

  summarise(field, pay, credit) {
    const summary = this.form.querySelector('[data-summary]');
    summary.hidden = !credit;
    if (!credit) return;
    const { account } = this.form.dataset;
    this.show('[data-pay]', pay, field.dataset.currency, field.dataset.digits);
    this.show('[data-credited]', credit, account, this.account.dataset.digits);
    this.show('[data-after]', add(decimal(this.form.dataset.balance), credit), account, this.account.dataset.digits);
  }

  show(selector, value, currency, digits) {
    const format = new Intl.NumberFormat(this.form.dataset.locale, {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: Number(digits),
      maximumFractionDigits: Number(digits),
    });
    const data = document.createElement('data');
    data.className = 'money';
    data.value = text(value);
    data.dataset.currency = currency;
    data.textContent = format.format(text(value));
    this.form.querySelector(selector).replaceChildren(data);
  }
}

/** As the server reads amounts; null for what it would refuse. */
function parse(typed, locale, digits) {
  let plain = typed.replace(/[\s\u00a0\u202f]/g, '');
  if (locale === 'en' && /^\d{1,3}(,\d{3})+(\.|$)/.test(plain)) plain = plain.replaceAll(',', '');
  plain = plain.replace(',', '.');
  const parts = /^(\d{1,12})(?:\.(\d+))?$/.exec(plain);
  if (!parts || (parts[2] ?? '').length > digits || /^[0.]*$/.test(plain)) return null;
  return decimal(plain);
}
