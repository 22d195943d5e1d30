import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDeclaration, PROJECT } from './declaration.ts';

const VIEWS = path.join(PROJECT, 'views');
const views = fs
  .readdirSync(VIEWS, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ejs'))
  .map((file) => ({ name: file.slice(0, -'.ejs'.length), text: fs.readFileSync(path.join(VIEWS, file), 'utf8') }));
const textOf = (name: string) => views.find((view) => view.name === name)?.text ?? '';
const names = new Set(views.map(({ name }) => name));
const controllerOf = (name: string) => fs.readFileSync(path.join(PROJECT, `src/controllers/${name}.ts`), 'utf8');

/** What is left of a template without the code in its tags. */
const markupOf = (text: string) => text.replace(/<%[\s\S]*?%>/g, '');

describe('a template', () => {
  it('has no line that is longer than 120 characters', () => {
    const long = views.flatMap(({ name, text }) =>
      text.split('\n').flatMap((line) => (line.length > 120 ? [name] : [])),
    );
    expect(long).toEqual([]);
  });

  it('has no statement inside a tag of HTML', () => {
    const found = views.filter(({ text }) => /<[a-z][^<>]*(?:<%[=-](?:(?!%>)[\s\S])*%>[^<>]*)*<%(?![=-])/.test(text));
    expect(found.map(({ name }) => name)).toEqual([]);
  });

  it('calls only components and parts that there are', () => {
    const called = views.flatMap(({ text }) => [
      ...[...text.matchAll(/\bcomponent\('([^']+)'/g)].map(([, name]) => `components/${name}`),
      ...[...text.matchAll(/\binclude\('([^']+)'/g)].map(([, name = '']) => name),
    ]);
    expect(called.length).toBeGreaterThan(200);
    expect(called.filter((name) => !names.has(name))).toEqual([]);
  });

  it('is a page, a part of one, a layout, or a component that some template calls', () => {
    const code = [
      ...views.map(({ text }) => text),
      ...fs
        .readdirSync(path.join(PROJECT, 'src'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => fs.readFileSync(path.join(PROJECT, 'src', file), 'utf8')),
    ].join('\n');
    const unused = [...names].filter((name) => {
      const called = name.startsWith('components/') ? `component('${name.slice('components/'.length)}'` : `'${name}'`;
      return !code.includes(called) && !name.startsWith('layouts/');
    });
    expect(unused).toEqual([]);
  });

  it('repeats nothing that a component or a helper is there for', () => {
    const patterns = [
      /name="_csrf"/,
      /data-label="/,
      /<caption/,
      /class="heading"/,
      /class="alert /,
      /—<% \} %>/,
      /\bit\.t\(/,
    ];
    const allowed = ['components/', 'dev-mail/show'];
    const found = views
      .filter(({ name }) => !allowed.some((start) => name.startsWith(start)))
      .filter(({ text }) => patterns.some((pattern) => pattern.test(text)));
    expect(found.map(({ name }) => name)).toEqual([]);
  });

  it('of a row has a cell for every column that it declares', () => {
    const rows = views.filter(({ text }) => /Columns<'/.test(text));
    expect(rows.length).toBeGreaterThan(20);
    for (const { name, text } of rows) {
      const declared = (/Columns<([^>]+)>/.exec(text)?.[1] ?? '').match(/\w+/g);
      const cells = [...text.matchAll(/\bcell\('(\w+)'/g)].map(([, column]) => column);
      expect([name, cells]).toEqual([name, declared]);
    }
  });

  it('holds whole elements', () => {
    for (const { name, text } of views.filter((view) => !view.name.startsWith('layouts/')))
      for (const element of ['div', 'section', 'form', 'dl', 'ul', 'table', 'tr', 'td', 'p', 'span']) {
        const markup = markupOf(text);
        const opened = markup.match(new RegExp(`<${element}[\\s>]`, 'g'))?.length ?? 0;
        const closed = markup.match(new RegExp(`</${element}\\s*>`, 'g'))?.length ?? 0;
        expect([name, element, opened]).toEqual([name, element, closed]);
      }
  });
});

describe('a page', () => {
  /** The views that controllers render by themselves. */
  const pages = [...names].filter((name) => {
    const controller = path.join(PROJECT, `src/controllers/${name}.ts`);
    return fs.existsSync(controller) && controllerOf(name).includes(`'${name}'`);
  });

  it('is given what its controller prepares for it, by the type that it names', () => {
    expect(pages.length).toBeGreaterThan(25);
    for (const name of pages) {
      const { from, type } = findDeclaration(textOf(name)) ?? {};
      const source = controllerOf(name);
      const prepared = new RegExp(`export type ${type} = PageOf<typeof (\\w+)>`).exec(source)?.[1];
      expect([name, from, prepared]).toEqual([name, `src/controllers/${name}.ts`, expect.any(String)]);
      const rendered = new RegExp(`renderPage\\(\\s*\\w+,\\s*'${name}',\\s*(?:await )?(\\w+)`).exec(source)?.[1];
      const preparedBefore = new RegExp(`const ${rendered} = (?:await )?${prepared}\\(`).test(source);
      expect([name, rendered === prepared || preparedBefore]).toEqual([name, true]);
    }
  });
});
