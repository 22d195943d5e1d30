import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkViews } from './check.ts';
import { PROJECT } from './declaration.ts';

/** Each template with what is wrong in it, and the line that says so. */
const BROKEN = {
  'misspelt.ejs': [
    '<%# One order. Page: src/controllers/orders/show.ts OrderPage %>',
    '<% const { order } = it; %>',
    '<p><%= order.hostnam %></p>',
  ],
  'missing.ejs': [
    '<%# One order. Page: src/controllers/orders/show.ts OrderPage %>',
    '<p>',
    '  <%= it.order.ip %>',
    '</p>',
  ],
  'wrong-argument.ejs': [
    '<%# A table. Arguments: { caption: string } %>',
    "<%- component('badge', {",
    "  text: 'Active',",
    '  colour: 7,',
    '}) %>',
  ],
  'raw-text.ejs': ['<%# A name. Arguments: { name: string } %>', '<%- it.name %>'],
  'escaped-html.ejs': ['<%# An amount. Arguments: { amount: Money } %>', '<%= money(it.amount) %>'],
  'html-in-text.ejs': [
    '<%# What is missing. Arguments: { amount: Money } %>',
    "<p><%= t('orders.shared.balance_short', { amount: money(it.amount) }) %></p>",
  ],
  'wrong-key.ejs': ['<%# A title. Arguments: {} %>', "<h1><%= t('orders.list.titel') %></h1>"],
  'wrong-icon.ejs': ['<%# A mark. Arguments: {} %>', "<%- icon('chekc') %>"],
  'part-without-locals.ejs': ['<%# A page. Locals: { id: number } %>', "<%- include('named-part') %>"],
  'undeclared.ejs': ['<p><%= it.name %></p>'],
};

const SOUND = {
  'components/badge.ejs': ['<%# A badge. Arguments: { text: string; colour?: string } %>', '<b><%= it.text %></b>'],
  'named-part.ejs': ['<%# A part. Locals: { name: string } %>', '<p><%= it.name %></p>'],
  'sound.ejs': [
    '<%# One order. Page: src/controllers/orders/show.ts OrderPage %>',
    '<% for (const { id, total } of it.invoices) { %>',
    "  <p><%= id %> <%- money(total) %> <%- component('badge', { text: it.order.plan }) %></p>",
    '<% } %>',
    "<%- include('named-part', { name: it.order.plan }) %>",
  ],
};

let folder: string;
let faults: string[];
beforeAll(() => {
  // Beside the modules, as the real check has it: the templates' types are found from there.
  folder = fs.mkdtempSync(path.join(PROJECT, 'node_modules/.cache-'));
  const views = path.join(os.tmpdir(), path.basename(folder));
  for (const [name, lines] of Object.entries({ ...BROKEN, ...SOUND })) {
    fs.mkdirSync(path.dirname(path.join(views, name)), { recursive: true });
    fs.writeFileSync(path.join(views, name), lines.join('\n'));
  }
  faults = checkViews(views, folder);
  fs.rmSync(views, { recursive: true });
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const faultsOf = (name: string) => faults.filter((fault) => fault.startsWith(`views/${name}(`));

describe('the check of the templates', () => {
  it('names a misspelt local with its line, and the name that was meant', () => {
    expect(faultsOf('misspelt.ejs')).toEqual([
      expect.stringMatching(/^views\/misspelt\.ejs\(3,\d+\): .*'hostnam' does not exist.*Did you mean 'hostname'\?/),
    ]);
  });

  it('names a value that may be missing where it is shown', () => {
    expect(faultsOf('missing.ejs')).toEqual([
      expect.stringMatching(/^views\/missing\.ejs\(3,\d+\): .*'string \| null' is not assignable/),
    ]);
  });

  it('names a component called with a wrong argument', () => {
    expect(faultsOf('wrong-argument.ejs')).toEqual([
      expect.stringMatching(/^views\/wrong-argument\.ejs\(4,\d+\): .*'number' is not assignable to type 'string'/),
    ]);
  });

  it('names text that is shown as HTML, and HTML that would be escaped', () => {
    expect(faultsOf('raw-text.ejs')).toEqual([expect.stringContaining("'string' is not assignable to parameter")]);
    expect(faultsOf('escaped-html.ejs')).toEqual([expect.stringContaining("'SafeHtml' is not assignable")]);
    expect(faultsOf('html-in-text.ejs')).toEqual([expect.stringContaining("'SafeHtml' is not assignable")]);
  });

  it('names a sentence that nobody wrote, and an icon that nobody drew', () => {
    expect(faultsOf('wrong-key.ejs')).toEqual([expect.stringContaining('"orders.list.titel"')]);
    expect(faultsOf('wrong-icon.ejs')).toEqual([expect.stringContaining('"chekc"')]);
  });

  it('names a part whose locals its page does not have', () => {
    expect(faultsOf('part-without-locals.ejs')).toHaveLength(1);
  });

  it('refuses a template that does not say what it is given', () => {
    expect(faultsOf('undeclared.ejs')).toEqual([expect.stringContaining('names no Page, Locals or Arguments')]);
  });

  it('finds nothing else', () => {
    expect(faults.filter((fault) => Object.keys(SOUND).some((name) => fault.includes(name)))).toEqual([]);
    expect(faults.filter((fault) => !fault.startsWith(' '))).toHaveLength(Object.keys(BROKEN).length);
  });
});
