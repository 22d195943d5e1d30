/** HTML that is already escaped. It is never escaped again, and rejected where plain text is expected. */
export class SafeHtml {
  readonly #html: string;

  constructor(html: string) {
    this.#html = html;
  }

  toString(): string {
    return this.#html;
  }
}

/** Marks trusted HTML as safe; the caller guarantees that what users typed in it is escaped. */
export const safe = (text: string) => new SafeHtml(text);

type Value = string | number | boolean | SafeHtml;

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const NEEDS_ESCAPE = /[&<>"']/;

/** Escapes for HTML; a missing value is an error and not an empty cell. */
export function escapeHtml(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string')
    throw new TypeError(`A view was given ${value === null ? 'null' : typeof value} to show`);
  return NEEDS_ESCAPE.test(value) ? value.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign) : value;
}

/** Text is escaped, safe HTML stays as it is. */
export const escaped = (value: Value): string => (value instanceof SafeHtml ? value.toString() : escapeHtml(value));

/** HTML as a template literal: texts between its parts are escaped, safe HTML is taken as it is. */
export function markup(parts: TemplateStringsArray, ...values: Value[]): SafeHtml {
  let text = parts[0] ?? '';
  for (const [index, value] of values.entries()) text += escaped(value) + (parts[index + 1] ?? '');
  return safe(text);
}

/** One after the other, with something between them. */
export const joinHtml = (values: Value[], between = '') => safe(values.map(escaped).join(between));

export type Attributes = Record<string, string | number | boolean | null | undefined>;

/** Attributes of a tag: false, null, undefined and '' are left out, true is a bare name. */
export function attrs(values: Attributes): SafeHtml {
  let text = '';
  for (const [name, value] of Object.entries(values)) {
    if (value === false || value === null || value === undefined || value === '') continue;
    text += value === true ? ` ${name}` : ` ${name}="${escapeHtml(value)}"`;
  }
  return safe(text);
}
