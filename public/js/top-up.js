import { readAmount } from './amount.js';
import { add, compare, decimal, divide, multiply, round, text } from './decimal.js';
import { all, find, given, one } from './dom.js';
import { showMoney } from './money.js';

/** @import { Decimal } from './decimal.js' */

/**
 * The top-up form: one field for each currency; typing in one fills the others, and the one typed in last counts. The
 * two plain fields it stands for carry what is sent.
 * @param {Document} root
 */
export function bindTopUp(root) {
  const form = find(root, 'form[data-top-up]', HTMLFormElement);
  if (!form) return;
  const fields = all(form, 'input[data-currency]', HTMLInputElement);
  const account = fields.find((field) => field.dataset.currency === form.dataset.account);
  if (account) new TopUp(form, fields, account).start();
}

class TopUp {
  /**
   * @param {HTMLFormElement} form
   * @param {HTMLInputElement[]} fields one for each currency
   * @param {HTMLInputElement} account the field of the account's currency
   */
  constructor(form, fields, account) {
    this.form = form;
    this.fields = fields;
    this.account = account;
    this.amount = one(form, '#amount', HTMLInputElement);
    this.currency = one(form, '#currency', HTMLSelectElement);
    this.note = one(form, '[data-typed-error]', HTMLElement);
    this.locale = given(form, 'locale');
  }

  start() {
    one(this.form, '[data-fields]', HTMLElement).hidden = false;
    one(this.form, '[data-plain]', HTMLElement).hidden = true;
    for (const field of this.fields) {
      field.addEventListener('input', () => this.typed(field));
      // Who goes to a field that is filled wants to pay in its currency.
      field.addEventListener('focus', () => field.value !== '' && this.typed(field));
    }
    const first = this.fields.find((field) => field.dataset.currency === this.currency.value) ?? this.account;
    // The summary of errors leads to the field that is seen.
    const link = find(document, '[data-to-field]', HTMLAnchorElement);
    if (link) link.href = `#${first.id}`;
    if (this.amount.value !== '') this.typed(first, this.amount.value);
    if (!link) first.focus();
  }

  /** @param {HTMLInputElement} field */
  typed(field, value = field.value) {
    if (field.value !== value) field.value = value;
    this.amount.value = value;
    this.currency.value = given(field, 'currency');
    for (const other of this.fields) other.classList.toggle('is-typed', other === field);
    one(this.form, '[data-rate-line]', HTMLElement).textContent = given(field, 'rateNote');
    one(this.form, '[data-limits-line]', HTMLElement).textContent = given(field, 'limitsNote');
    const pay = readAmount(value, this.locale, digitsOf(field));
    const credit = pay && round(multiply(pay, decimal(given(field, 'creditRate'))), digitsOf(this.account));
    for (const other of this.fields)
      if (other !== field) other.value = credit ? this.written(payFor(credit, other), other) : '';
    this.explain(field, pay);
    this.summarise(field, pay, credit);
  }

  /**
   * As people of the language write it; the server reads it back.
   * @param {Decimal} value
   * @param {HTMLInputElement} field
   */
  written(value, field) {
    const digits = { minimumFractionDigits: digitsOf(field), maximumFractionDigits: digitsOf(field) };
    return new Intl.NumberFormat(this.locale, digits).format(text(value));
  }

  /**
   * Says at once what the server would refuse.
   * @param {HTMLInputElement} field
   * @param {Decimal | null} pay
   */
  explain(field, pay) {
    this.note.textContent = this.problemOf(field, pay);
    this.note.hidden = this.note.textContent === '';
    for (const other of this.fields) {
      other.removeAttribute('aria-invalid');
      other.removeAttribute('aria-describedby');
    }
    if (this.note.hidden) return;
    field.setAttribute('aria-invalid', 'true');
    field.setAttribute('aria-describedby', this.note.id);
  }

  /**
   * @param {HTMLInputElement} field
   * @param {Decimal | null} pay
   */
  problemOf(field, pay) {
    if (field.value.trim() === '') return '';
    if (!pay) return given(this.note, 'unreadable');
    if (given(field, 'stale') === 'true') return given(this.note, 'staleWords');
    const [min, max] = [given(field, 'min'), given(field, 'max')];
    const within = compare(pay, decimal(min)) >= 0 && (max === '' || compare(pay, decimal(max)) <= 0);
    return within ? '' : given(field, 'limitsNote');
  }

  /**
   * @param {HTMLInputElement} field
   * @param {Decimal | null} pay
   * @param {Decimal | null} credit
   */
  summarise(field, pay, credit) {
    const summary = one(this.form, '[data-summary]', HTMLElement);
    summary.hidden = !pay || !credit || !this.note.hidden;
    if (!pay || !credit || summary.hidden) return;
    this.show('[data-pay]', pay, field);
    this.show('[data-credited]', credit, this.account);
    this.show('[data-after]', add(decimal(given(this.form, 'balance')), credit), this.account);
  }

  /**
   * @param {string} selector
   * @param {Decimal} value
   * @param {HTMLInputElement} field of the amount's currency
   */
  show(selector, value, field) {
    const data = document.createElement('data');
    data.className = 'money';
    showMoney(data, value, { locale: this.locale, currency: given(field, 'currency'), digits: digitsOf(field) });
    one(this.form, selector, HTMLElement).replaceChildren(data);
  }
}

/** @param {HTMLInputElement} field */
const digitsOf = (field) => Number(given(field, 'digits'));

/**
 * The least amount in a field's currency that is credited as so much.
 * @param {Decimal} credit
 * @param {HTMLInputElement} field
 */
const payFor = (credit, field) => divide(credit, decimal(given(field, 'creditRate')), digitsOf(field), true);
