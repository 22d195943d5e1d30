import { readAmount } from './amount.js';
import { add, compare, decimal, divide, multiply, round, text } from './decimal.js';

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
    for (const field of this.fields) {
      field.addEventListener('input', () => this.typed(field));
      // Who goes to a field that is filled wants to pay in its currency.
      field.addEventListener('focus', () => field.value !== '' && this.typed(field));
    }
    const first = this.fields.find((field) => field.dataset.currency === this.currency.value) ?? this.account;
    // The summary of errors leads to the field that is seen.
    const link = document.querySelector('[data-to-field]');
    if (link) link.href = `#${first.id}`;
    if (this.amount.value !== '') this.typed(first, this.amount.value);
    if (!link) first.focus();
  }

  typed(field, value = field.value) {
    if (field.value !== value) field.value = value;
    this.amount.value = value;
    this.currency.value = field.dataset.currency;
    for (const other of this.fields) other.classList.toggle('is-typed', other === field);
    this.form.querySelector('[data-rate-line]').textContent = field.dataset.rateNote;
    this.form.querySelector('[data-limits-line]').textContent = field.dataset.limitsNote;
    const pay = readAmount(value, this.form.dataset.locale, Number(field.dataset.digits));
    const credit = pay && round(multiply(pay, decimal(field.dataset.creditRate)), Number(this.account.dataset.digits));
    for (const other of this.fields)
      if (other !== field) other.value = credit ? this.written(this.payFor(credit, other), other) : '';
    this.explain(field, pay);
    this.summarise(field, pay, credit);
  }

  /** As people of the language write it; the server reads it back. */
  written(value, { dataset }) {
    const digits = {
      minimumFractionDigits: Number(dataset.digits),
      maximumFractionDigits: Number(dataset.digits),
    };
    return new Intl.NumberFormat(this.form.dataset.locale, digits).format(text(value));
  }

  /** Says at once what the server would refuse. */
  explain(field, pay) {
    const note = this.form.querySelector('[data-typed-error]');
    note.textContent = this.problemOf(field, pay, note.dataset);
    note.hidden = note.textContent === '';
    for (const other of this.fields) {
      other.removeAttribute('aria-invalid');
      other.removeAttribute('aria-describedby');
    }
    if (note.hidden) return;
    field.setAttribute('aria-invalid', 'true');
    field.setAttribute('aria-describedby', note.id);
  }

  problemOf(field, pay, words) {
    if (field.value.trim() === '') return '';
    if (!pay) return words.unreadable;
    if (field.dataset.stale === 'true') return words.staleWords;
    const { min, max, limitsNote } = field.dataset;
    const within = compare(pay, decimal(min)) >= 0 && (max === '' || compare(pay, decimal(max)) <= 0);
    return within ? '' : limitsNote;
  }

  /** The least amount in a field's currency that is credited as so much. */
  payFor(credit, field) {
    return divide(credit, decimal(field.dataset.creditRate), Number(field.dataset.digits), true);
  }

  summarise(field, pay, credit) {
    const summary = this.form.querySelector('[data-summary]');
    summary.hidden = !credit || !this.form.querySelector('[data-typed-error]').hidden;
    if (summary.hidden) return;
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
