import { type Cheerio, type CheerioAPI, load } from 'cheerio';
import type { Response } from 'supertest';

/** The elements that a selector finds. */
type Found = Cheerio<ReturnType<CheerioAPI>[number]>;

const readText = (element: Found) => element.text().replace(/\s+/g, ' ').trim();

/** An answer of the portal, and what tests read from its HTML. */
export class Page {
  readonly status: number;
  readonly location: string | undefined;
  readonly headers: Record<string, string>;
  readonly text: string;
  readonly $: CheerioAPI;

  constructor({ status, headers, text }: Pick<Response, 'status' | 'headers' | 'text'>) {
    this.status = status;
    this.location = headers['location'];
    this.headers = headers;
    // An answer that is no text, such as a PDF, has none.
    this.text = text ?? '';
    this.$ = load(this.text);
  }

  /** The texts of all that match, as they are read: any white space is one space. */
  texts(selector: string): string[] {
    return this.#each(selector, readText);
  }

  /** The text of all that match, as it is read. */
  textOf(selector: string): string {
    return readText(this.$(selector));
  }

  /** The cells of each row that matches, as texts. */
  cells(row: string): string[][] {
    return this.#each(row, (element) => this.#map(element.children('td, th'), readText));
  }

  /** An attribute of all that match and have it. */
  attributes(selector: string, name: string): string[] {
    return this.#each(`:is(${selector})[${name}]`, (element) => element.attr(name) ?? '');
  }

  /** An attribute of the first that matches. @throws when it is not there */
  attribute(selector: string, name: string): string {
    const value = this.$(selector).first().attr(name);
    if (value === undefined) throw new Error(`Nothing with ${name} matches ${selector}`);
    return value;
  }

  /** What stands in a field; the first, where several match. */
  value(field: string): string {
    return this.attribute(field, 'value');
  }

  /** What stands in every field that matches. */
  values(fields: string): string[] {
    return this.attributes(fields, 'value');
  }

  /** Where a link leads; the first, where several match. */
  link(selector: string): string {
    return this.attribute(selector, 'href');
  }

  /** Every amount of money in what matches, as decimal text: `46.70`. */
  amounts(selector: string): string[] {
    return this.attributes(`:is(${selector}) data`, 'value');
  }

  /** The first amount of money in what matches. @throws when there is none */
  amount(selector: string): string {
    return this.attribute(`:is(${selector}) data`, 'value');
  }

  /** Every amount in what matches, with its currency: `46.70 EUR`. */
  money(selector: string): string[] {
    return this.#each(`:is(${selector}) data`, (data) => `${data.attr('value')} ${data.attr('data-currency')}`);
  }

  /** What the inputs that match would send, by their names, without the form's token. */
  fields(inputs: string): Record<string, string> {
    const entries = this.#each(inputs, (input) => [input.attr('name') ?? '', input.attr('value') ?? ''] as const);
    return Object.fromEntries(entries.filter(([name]) => name !== '_csrf'));
  }

  #each<T>(selector: string, read: (element: Found) => T): T[] {
    return this.#map(this.$(selector), read);
  }

  #map<T>(elements: Found, read: (element: Found) => T): T[] {
    return elements.toArray().map((element) => read(this.$(element)));
  }
}
