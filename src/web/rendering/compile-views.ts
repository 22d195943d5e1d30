import fs from 'node:fs';
import path from 'node:path';
import ejs from 'ejs';
import { type Translate, wordKey } from '../../platform/i18n/i18n.ts';
import type { IconName } from '../assets/icon-sprite.ts';
import { escapeHtml, safe, type SafeHtml } from './html.ts';
import { icon } from './icon.ts';

const COMPONENTS = 'components/';
export const VIEWS = path.join(import.meta.dirname, '../../../views');

/** A template as a function of what it is given, which views call `it`. */
export type Template = (it: object) => SafeHtml;
type Helpers = Record<string, unknown>;

/** All templates of a language, compiled; `bind` gives them the helpers that they use by their bare names. */
export interface CompiledViews {
  bind(helpers: Helpers): (name: string) => Template;
}

/**
 * Compiles every template of `views/` for one language. Its plain sentences and the icons are put into the code, and
 * helpers are variables around it: calling a template looks at no disk and copies nothing.
 */
export function compileViews(t: Translate): CompiledViews {
  const bindings = new Map(listViews().map((name) => [name, compileView(name, readView(name), t)]));
  return {
    bind(helpers) {
      const templates = new Map<string, Template>();
      // By their own names: to put a path together for each cell of a list takes longer than to look it up.
      const components = new Map<string, Template>();
      const find = (name: string, among = templates): Template => {
        const template = among.get(name);
        if (!template) throw new Error(`There is no view ${name}`);
        return template;
      };
      // A component gets its arguments and the helpers, nothing else.
      const component = (name: string, args: object = {}) => find(name, components)(args);
      for (const [name, bindTo] of bindings) {
        const template = bindTo({ ...helpers, component, find });
        templates.set(name, template);
        if (name.startsWith(COMPONENTS)) components.set(name.slice(COMPONENTS.length), template);
      }
      return find;
    },
  };
}

/** The names of all templates: their paths without the ending. */
const listViews = (): string[] =>
  fs
    .readdirSync(VIEWS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ejs'))
    .map((file) => file.slice(0, -'.ejs'.length).replaceAll(path.sep, '/'));

const readView = (name: string) => fs.readFileSync(path.join(VIEWS, `${name}.ejs`), 'utf8');

/** The template as a function, once it is given its helpers. An error in it names the template and its line. */
export function compileView(name: string, text: string, t: Translate): (helpers: Helpers) => Template {
  const template = new ejs.Template(withWords(withoutIndentation(text), t), {
    strict: true,
    compileDebug: true,
    localsName: 'it',
    filename: `views/${name}.ejs`,
  });
  template.compile();
  // A part of a page shares what its page was given, and may be given more.
  const include = 'const include = (name, more) => find(name)(more ? { ...it, ...more } : it);';
  // EJS keeps count of the template's lines in this variable.
  const body = `let __line = 1; try { ${template.source} } catch (error) { throw explain(error, __line); }`;
  const code = `'use strict'; return (it) => { ${include} ${body} }`;
  const explain = (error: unknown, line: number) => explained(error, `views/${name}.ejs:${line}`);
  return (helpers) => {
    const variables = { ...helpers, safe, escapeFn: escapeHtml, explain };
    // The code is that of our own templates, nothing of a request.
    // oxlint-disable-next-line no-implied-eval
    const make = new Function(...Object.keys(variables), code) as (...values: unknown[]) => (it: object) => string;
    const render = make(...Object.values(variables));
    return (it) => safe(render(it));
  };
}

/** Names the template and its line in the message, the innermost one only. */
function explained(error: unknown, place: string): unknown {
  if (error instanceof Error && !error.message.startsWith('views/')) error.message = `${place}: ${error.message}`;
  return error;
}

/** A tag that shows nothing, on lines of its own, up to its end. */
const CODE_LINES = /^(<%(?![=-])(?:(?!%>)[\s\S])*)%>[ \t]*\n/gm;

/**
 * The template without its indentation, and without the blank lines that code on lines of its own would leave. The ends
 * of those lines go into the tags, since EJS counts them.
 */
const withoutIndentation = (template: string) =>
  template
    .replace(/^[ \t]+/gm, '')
    .replace(CODE_LINES, '$1\n%>')
    .trimEnd();

const PLAIN_SENTENCE = /\bt\('([\w.]+)'\)/g;
const PLAIN_ICON = /\bicon\('([\w-]+)'\)/g;
const TAG = /<%[\s\S]*?%>/g;
const SHOWN_TEXT = /^<%=\s*("(?:[^"\\]|\\.)*")\s*%>$/;
const SHOWN_HTML = /^<%-\s*safe\(("(?:[^"\\]|\\.)*")\)\s*%>$/;

/** The template with sentences and icons that need nothing of a request written out. */
function withWords(template: string, t: Translate): string {
  return template.replace(TAG, (tag) => {
    const written = tag
      .replace(PLAIN_SENTENCE, (_, key: string) => JSON.stringify(t(wordKey(key))))
      .replace(PLAIN_ICON, (_, name: string) => `safe(${JSON.stringify(icon(name as IconName).toString())})`);
    const text = SHOWN_TEXT.exec(written)?.[1];
    if (text !== undefined) return escapeHtml(JSON.parse(text));
    const html = SHOWN_HTML.exec(written)?.[1];
    return html === undefined ? written : (JSON.parse(html) as string);
  });
}
