import { readAmount } from './amount.js';
import { add, compare, decimal, divide, multiply, round, subtract, text } from './decimal.js';
import { all, find, given, one } from './dom.js';
import { formatMoney, showMoney } from './money.js';

/** @import { Decimal } from './decimal.js' */

/**
 * The top-up form: a row for each currency. Typing in one fills the others; the row that is marked is what is paid, and
 * only typing in it or marking it does that, never passing over it.
 * @param {Document} root
 */
export function bindTopUp(root) {
  const form = find(root, 'form[data-top-up]', HTMLFormElement);
  if (form) new TopUp(form).start();
}

/** Where what was typed waits for somebody who comes back from the next page. */
const DRAFT = `top-up-${document.body.dataset.user ?? ''}`;

class TopUp {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    const plain = one(form, '[data-plain]', HTMLElement);
    const typed = {
      amount: one(plain, '#amount', HTMLInputElement).value,
      currency: one(plain, '#currency', HTMLSelectElement).value,
    };
    const rows = one(form, 'template[data-amounts]', HTMLTemplateElement).content.cloneNode(true);
    one(form, '[data-amounts-room]', HTMLElement).replaceWith(rows);
    plain.remove();
    this.fields = all(form, 'input[data-currency]', HTMLInputElement);
    this.amount = hiddenField(form, 'amount', typed.amount);
    this.currency = hiddenField(form, 'currency', typed.currency);
    this.note = one(form, '[data-typed-error]', HTMLElement);
    this.locale = given(form, 'locale');
    this.account = one(form, `#amount-${given(form, 'account')}`, HTMLInputElement);
    /**
     * What was typed, and its credit: marking another row and this one again must not change it by a cent.
     * @type {{ field: HTMLInputElement, written: string, credit: Decimal | null }}
     */
    this.anchor = { field: this.account, written: '', credit: null };
  }

  start() {
    for (const field of this.fields) field.addEventListener('input', () => this.type(field, field.value));
    for (const mark of this.marks())
      mark.addEventListener('change', () => mark.checked && this.mark(this.fieldOf(mark.value)));
    this.form.addEventListener('submit', () => {
      sessionStorage.setItem(DRAFT, JSON.stringify([this.currency.value, this.amount.value]));
    });
    const first = this.fieldOf(this.currency.value) ?? this.account;
    // The summary of errors leads to the field that is seen.
    const link = find(document, '[data-to-field]', HTMLAnchorElement);
    if (link) link.href = `#${first.id}`;
    const [currency, written] = this.draft() ?? [first.dataset.currency ?? '', this.amount.value];
    this.type(this.fieldOf(currency) ?? first, written);
    if (!link) first.focus();
  }

  marks() {
    return all(this.form, 'input[name=pay_in]', HTMLInputElement);
  }

  /** @param {string} currency */
  fieldOf(currency) {
    return this.fields.find((field) => field.dataset.currency === currency);
  }

  /** @returns {[string, string] | null} what was sent from here, for somebody who goes back to change it */
  draft() {
    const [navigation] = performance.getEntriesByType('navigation');
    const back = navigation instanceof PerformanceNavigationTiming && navigation.type === 'back_forward';
    try {
      return back ? JSON.parse(sessionStorage.getItem(DRAFT) ?? 'null') : null;
    } catch {
      return null;
    }
  }

  /**
   * @param {HTMLInputElement} field
   * @param {string} written
   */
  type(field, written) {
    const pay = readAmount(written, this.locale, digitsOf(field));
    const credit = pay && this.creditOf(pay, field);
    this.anchor = { field, written, credit };
    if (field.value !== written) field.value = written;
    for (const other of this.fields)
      if (other !== field) other.value = credit ? this.written(payFor(credit, other), other) : '';
    this.pay(field, written, pay);
  }

  /** @param {HTMLInputElement | undefined} field */
  mark(field) {
    if (!field) return;
    const { anchor } = this;
    if (field === anchor.field || !anchor.credit)
      this.type(field, field === anchor.field ? anchor.written : field.value);
    else this.pay(field, field.value, payFor(anchor.credit, field));
  }

  /**
   * @param {HTMLInputElement} field
   * @param {string} written
   * @param {Decimal | null} pay
   */
  pay(field, written, pay) {
    this.amount.value = written;
    this.currency.value = given(field, 'currency');
    for (const mark of this.marks()) mark.checked = mark.value === this.currency.value;
    one(this.form, '[data-rate-line]', HTMLElement).textContent = given(field, 'rateNote');
    one(this.form, '[data-limits-line]', HTMLElement).textContent = given(field, 'limitsNote');
    this.explain(field, pay);
    this.summarise(field, pay);
  }

  /**
   * @param {Decimal} pay
   * @param {HTMLInputElement} field
   */
  creditOf(pay, field) {
    return round(multiply(pay, decimal(given(field, 'creditRate'))), digitsOf(this.account));
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
    const problem = problemOf(field, pay);
    if (this.note.textContent !== problem) this.note.textContent = problem;
    one(this.form, '[data-limits-line]', HTMLElement).hidden = problem !== '';
    for (const other of this.fields) {
      other.removeAttribute('aria-invalid');
      other.removeAttribute('aria-describedby');
    }
    if (problem === '') return;
    field.setAttribute('aria-invalid', 'true');
    field.setAttribute('aria-describedby', this.note.id);
  }

  /**
   * @param {HTMLInputElement} field
   * @param {Decimal | null} pay
   */
  summarise(field, pay) {
    const credit = pay && this.note.textContent === '' ? this.creditOf(pay, field) : null;
    this.show('[data-pay]', credit && pay, field);
    this.show('[data-credited]', credit, this.account);
    this.show('[data-after]', credit && this.balanceAfter(credit), this.account);
    this.tellPurpose(credit);
  }

  /**
   * With what it was made for paid, where it is enough for that.
   * @param {Decimal} credit
   */
  balanceAfter(credit) {
    const purpose = find(this.form, '[data-purpose]', HTMLElement);
    const left = purpose && subtract(credit, decimal(given(purpose, 'needed')));
    return left && left.units >= 0n ? left : add(decimal(given(this.form, 'balance')), credit);
  }

  /**
   * Whether it is enough for the invoices that it is made for.
   * @param {Decimal | null} credit
   */
  tellPurpose(credit) {
    const purpose = find(this.form, '[data-purpose]', HTMLElement);
    if (!purpose) return;
    const missing = subtract(decimal(given(purpose, 'needed')), credit ?? decimal(given(purpose, 'needed')));
    const how = { locale: this.locale, currency: given(this.account, 'currency'), digits: digitsOf(this.account) };
    const short = missing.units > 0n;
    purpose.classList.toggle('text-warn', short);
    purpose.textContent = short
      ? given(purpose, 'short').replace('#', formatMoney(missing, how))
      : given(purpose, 'enough');
  }

  /**
   * @param {string} selector
   * @param {Decimal | null} value
   * @param {HTMLInputElement} field of the amount's currency
   */
  show(selector, value, field) {
    const place = one(this.form, selector, HTMLElement);
    if (!value) return place.replaceChildren('—');
    const data = document.createElement('data');
    data.className = 'money';
    showMoney(data, value, { locale: this.locale, currency: given(field, 'currency'), digits: digitsOf(field) });
    place.replaceChildren(data);
  }
}

/**
 * @param {HTMLInputElement} field
 * @param {Decimal | null} pay
 */
function problemOf(field, pay) {
  if (field.value.trim() === '') return '';
  if (!pay) return given(field, 'unreadable');
  const [min, max] = [given(field, 'min'), given(field, 'max')];
  const within = compare(pay, decimal(min)) >= 0 && (max === '' || compare(pay, decimal(max)) <= 0);
  return within ? '' : given(field, 'limitsNote');
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {string} value
 */
function hiddenField(form, name, value) {
  const field = document.createElement('input');
  Object.assign(field, { type: 'hidden', name, value });
  form.append(field);
  return field;
}

/** @param {HTMLInputElement} field */
const digitsOf = (field) => Number(given(field, 'digits'));

/**
 * The least amount in a field's currency that is credited as so much.
 * @param {Decimal} credit
 * @param {HTMLInputElement} field
 */
const payFor = (credit, field) => divide(credit, decimal(given(field, 'creditRate')), digitsOf(field), true);
