import { add, decimal, negated, subtract, ZERO } from './decimal.js';
import { all, find, given, one } from './dom.js';
import { formatMoney } from './money.js';
import { whenShown } from './page-shown.js';

/** @import { Decimal } from './decimal.js' */

/**
 * The bar beneath a list: what is chosen in it, what that comes to, and the balance afterwards. What is chosen is kept
 * while somebody looks at other pages of the list.
 * @param {Document} root
 */
export function bindSelection(root) {
  const form = find(root, 'form[data-choose]', HTMLFormElement);
  if (form) new Selection(root, form).start();
  const review = find(root, '[data-chosen]', HTMLElement);
  // What is listed there is what is chosen now: something may have been taken out.
  if (review) {
    const listed = new Set(all(review, 'tr[data-id]', HTMLElement).map((row) => given(row, 'id')));
    new Kept(given(review, 'chosen')).keepOnly((id) => listed.has(id));
  }
  for (const sent of all(root, 'form[data-forgets]', HTMLFormElement))
    sent.addEventListener('submit', () => forget(given(sent, 'forgets')));
}

class Selection {
  /**
   * @param {Document} root
   * @param {HTMLFormElement} form
   */
  constructor(root, form) {
    this.form = form;
    this.boxes = all(root, `input[type=checkbox][form="${form.id}"]`, HTMLInputElement);
    this.kept = new Kept(given(form, 'choose'));
    this.kept.keepOnly(this.selectable(root));
    this.all = this.addBoxForAll(root);
    /** More than can be sent were to be chosen. */
    this.tooMany = false;
  }

  start() {
    for (const box of this.boxes) {
      if (this.kept.has(box.value)) box.checked = true;
      box.addEventListener('change', () => this.update());
    }
    one(this.form, '[data-clear]', HTMLElement).addEventListener('click', () => this.choose(false));
    find(this.form, 'select[name=months]', HTMLSelectElement)?.addEventListener('change', () => this.update());
    this.form.addEventListener('submit', () => this.addOthers());
    whenShown(() => this.update());
  }

  /**
   * What was chosen before may have been paid or have ended meanwhile.
   * @param {Document} root
   * @returns {(id: string) => boolean}
   */
  selectable(root) {
    const told = this.form.dataset.selectable?.split(' ');
    const boxes = new Set(this.boxes.map(({ value }) => value));
    const rows = new Set(all(root, 'tr[data-id]', HTMLElement).map((row) => given(row, 'id')));
    return (id) => boxes.has(id) || (!rows.has(id) && (told?.includes(id) ?? true));
  }

  /** @param {Document} root */
  addBoxForAll(root) {
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.setAttribute('aria-label', given(this.form, 'all'));
    if (this.boxes.length > 0) find(root, 'th.c-check', HTMLElement)?.replaceChildren(box);
    box.addEventListener('change', () => this.choose(box.checked, { here: true }));
    return box;
  }

  /**
   * @param {boolean} checked
   * @param {{ here?: boolean }} [where] whether other pages keep theirs
   */
  choose(checked, { here = false } = {}) {
    if (!here) this.kept.clear();
    for (const box of this.boxes) box.checked = checked;
    this.update();
  }

  update() {
    // A list that was replaced says nothing any more.
    if (!this.form.isConnected) return;
    this.tooMany = false;
    for (const box of this.boxes) {
      if (box.checked && !this.kept.has(box.value) && this.kept.size >= MOST) {
        this.tooMany = true;
        box.checked = false;
      }
      this.kept.set(box.value, box.checked ? given(box, 'amount') : null);
    }
    const chosen = this.boxes.filter(({ checked }) => checked).length;
    this.all.checked = chosen > 0 && chosen === this.boxes.length;
    this.all.indeterminate = chosen > 0 && !this.all.checked;
    this.form.hidden = this.kept.size === 0;
    one(this.form, '[data-clear]', HTMLElement).hidden = false;
    if (!this.form.hidden) this.show(chosen);
  }

  /** @param {number} here */
  show(here) {
    const amounts = this.kept.amounts.map(decimal);
    const total = amounts.reduce(add, ZERO);
    const after = subtract(decimal(given(this.form, 'balance')), total);
    const short = after.units < 0n;
    const elsewhere = this.kept.size - here;
    // The amounts are those of each row's own period; the next page says what another one comes to.
    const otherPeriod = (find(this.form, 'select[name=months]', HTMLSelectElement)?.value ?? '') !== '';
    const change = short
      ? element('span', this.words('short', this.money(negated(after))), 'text-warn')
      : element('span', this.words('change', this.money(after)), 'quiet');
    const parts = [
      element('b', this.words('count', this.kept.size)),
      ...(this.tooMany ? [element('span', given(this.form, 'most'), 'text-warn')] : []),
      ...(elsewhere > 0 ? [element('span', this.words('elsewhere', elsewhere), 'quiet')] : []),
      ...(otherPeriod ? [] : [element('span', this.money(total)), change]),
    ];
    one(this.form, '[data-sum]', HTMLElement).replaceChildren(...parts.flatMap((part) => [part, ' ']));
    const button = find(this.form, 'button[data-enough]', HTMLButtonElement);
    if (button)
      button.textContent = given(button, short ? 'short' : 'enough').replace(
        '#',
        this.money(short ? negated(after) : total),
      );
  }

  /**
   * @param {string} name
   * @param {string | number} value
   */
  words(name, value) {
    return given(this.form, name).replace('#', String(value));
  }

  /** @param {Decimal} value */
  money(value) {
    return formatMoney(value, { locale: given(this.form, 'locale'), currency: given(this.form, 'currency') });
  }

  /** What was chosen on other pages is sent too. */
  addOthers() {
    for (const old of all(this.form, 'input[data-other]', HTMLInputElement)) old.remove();
    const here = new Set(this.boxes.map(({ value }) => value));
    const name = this.boxes[0]?.name ?? '';
    for (const id of this.kept.ids.filter((id) => !here.has(id))) {
      const field = document.createElement('input');
      Object.assign(field, { type: 'hidden', name, value: id });
      field.dataset.other = '';
      this.form.append(field);
    }
  }
}

/** What is chosen, by id with its amount, for as long as the tab is open. */
class Kept {
  /** @param {string} name */
  constructor(name) {
    this.key = KEY + name;
    /** @type {Map<string, string>} */
    this.chosen = new Map(Object.entries(read(this.key)));
  }

  get size() {
    return this.chosen.size;
  }

  get ids() {
    return [...this.chosen.keys()];
  }

  get amounts() {
    return [...this.chosen.values()];
  }

  /** @param {string} id */
  has(id) {
    return this.chosen.has(id);
  }

  /**
   * @param {string} id
   * @param {string | null} amount null where it is not chosen
   */
  set(id, amount) {
    if (amount === null) this.chosen.delete(id);
    else this.chosen.set(id, amount);
    sessionStorage.setItem(this.key, JSON.stringify(Object.fromEntries(this.chosen)));
  }

  /** @param {(id: string) => boolean} isStill */
  keepOnly(isStill) {
    for (const id of this.ids) if (!isStill(id)) this.set(id, null);
  }

  clear() {
    this.chosen.clear();
    sessionStorage.removeItem(this.key);
  }
}

const KEY = 'chosen-';
/** As many as the next page takes. */
const MOST = 100;

/** @param {string} key */
function read(key) {
  try {
    return /** @type {Record<string, string>} */ (JSON.parse(sessionStorage.getItem(key) ?? '{}'));
  } catch {
    return {};
  }
}

/** @param {string} kind */
function forget(kind) {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(`${KEY}${kind}-`)) sessionStorage.removeItem(key);
}

/**
 * @param {string} tag
 * @param {string} text
 * @param {string} [className]
 */
function element(tag, text, className = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}
