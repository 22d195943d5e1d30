import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import en from '../../../src/platform/i18n/en/index.ts';
import ru from '../../../src/platform/i18n/ru/index.ts';
import { ENUMERATIONS } from './enumerations.ts';

type Tree = { [key: string]: string | Tree };
const flatten = (tree: Tree, prefix = ''): Map<string, string> =>
  new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value] as const] : [...flatten(value, `${prefix}${key}.`)],
    ),
  );
const ENGLISH = flatten(en);
const RUSSIAN = flatten(ru);
const PLURAL = /_(one|few|many|other)$/;
const base = (key: string) => key.replace(PLURAL, '');
/** What `t` can be asked for, and the groups that it stands in: `orders`, `orders.list`. */
const KEYS = new Set([...ENGLISH.keys()].map(base));
const GROUPS = new Set([...KEYS].flatMap((key) => [...key.matchAll(/\./g)].map(({ index }) => key.slice(0, index))));

const PROJECT = path.join(import.meta.dirname, '../../..');
const filesOf = (folder: string, ending: string): string[] =>
  fs
    .readdirSync(path.join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`);
const sources = [...filesOf('views', '.ejs'), ...filesOf('src', '.ts')].map((file) => ({
  file,
  text: fs.readFileSync(path.join(PROJECT, file), 'utf8'),
}));
/** The domain has no words, but names and columns that look like keys. */
const speaking = sources.filter(({ file }) => !/^src\/(domain|platform|cli)\//.test(file));

/** The strings that begin like a key, as they end: a whole key, a group, or a beginning that a name is put behind. */
const QUOTED = /(['"`])((?:[a-z]\w*\.)+(?:[a-z]\w*)?)(\1|\$\{)/g;
const quoted = speaking.flatMap(({ file, text }) =>
  [...text.matchAll(QUOTED)]
    .map(([, quote, key = '', end]) => ({ file, key, whole: end === quote && !/[._]$/.test(key) }))
    .filter(({ key }) => GROUPS.has(key.slice(0, key.indexOf('.'))) && !/\.(js|css)$/.test(key)),
);
const enumerated = Object.entries(ENUMERATIONS).flatMap(([start, names]) => names.map((name) => start + name));

describe('the words', () => {
  it('stand in files of the same names in both languages, all of them read', () => {
    const names = (locale: string) => fs.readdirSync(path.join(PROJECT, 'src/platform/i18n', locale)).sort();
    expect(names('ru')).toEqual(names('en'));
    const files = names('en').flatMap((name) => (name.endsWith('.json') ? [name.replace('.json', '')] : []));
    expect(Object.keys(en).sort()).toEqual(files);
    expect(Object.keys(ru).sort()).toEqual(files);
  });

  it('are there in both languages', () => {
    expect([...new Set([...RUSSIAN.keys()].map(base))].sort()).toEqual([...KEYS].sort());
  });

  it('have keys in snake_case', () => {
    const odd = [...RUSSIAN.keys(), ...ENGLISH.keys()].filter((key) => !/^[a-z0-9_]+(\.[a-z0-9_]+)+$/.test(key));
    expect(odd).toEqual([]);
  });

  it('have every plural form of their language', () => {
    for (const [words, forms] of [
      [ENGLISH, ['one', 'other']],
      [RUSSIAN, ['one', 'few', 'many', 'other']],
    ] as const) {
      const plurals = new Set([...words.keys()].filter((key) => PLURAL.test(key)).map(base));
      for (const key of plurals)
        for (const form of forms) expect(words.has(`${key}_${form}`), `${key}_${form}`).toBe(true);
    }
  });

  it('have the same gaps in both languages', () => {
    const gaps = (text: string | undefined) => [...new Set((text ?? '').match(/{{\w+}}/g))].sort();
    for (const [key, text] of ENGLISH) if (!PLURAL.test(key)) expect(gaps(RUSSIAN.get(key)), key).toEqual(gaps(text));
  });

  it('are those that views and code ask for', () => {
    const unknown = quoted.filter(({ key, whole }) => whole && !KEYS.has(key) && !GROUPS.has(key));
    expect(unknown.map(({ file, key }) => `${key} in ${file}`)).toEqual([]);
  });

  it('are there for every name that is put behind the beginning of a key', () => {
    expect(enumerated.filter((key) => !KEYS.has(key))).toEqual([]);
  });

  it('are put together only where it is known what may come', () => {
    const starts = quoted
      .filter(({ key, whole }) => !whole || (GROUPS.has(key) && !KEYS.has(key)))
      .map(({ file, key, whole }) => ({ file, start: whole ? `${key}.` : key }));
    expect(starts.length).toBeGreaterThan(50);
    const unknown = starts.filter(({ start }) => !Object.hasOwn(ENUMERATIONS, start));
    expect(unknown.map(({ file, start }) => `${start} in ${file}`)).toEqual([]);
    const used = new Set(starts.map(({ start }) => start));
    expect(Object.keys(ENUMERATIONS).filter((start) => !used.has(start))).toEqual([]);
  });

  it('are all used', () => {
    const used = new Set([...quoted.map(({ key }) => key), ...enumerated]);
    expect([...KEYS].filter((key) => !used.has(key))).toEqual([]);
  });

  it('leave no sentence outside: views hold no letters but in tags', () => {
    for (const { file, text } of sources.filter(({ file: name }) => name.endsWith('.ejs'))) {
      const visible = text
        .replace(/<%[\s\S]*?%>/g, '')
        .replace(/<style>[\s\S]*?<\/style>/g, '')
        .replace(/<[^>]*>/g, ' ')
        .replace(/Kabinet|English|Русский|CSV|PDF|ID|K\b/g, '');
      expect(visible.match(/[A-Za-zА-Яа-я]{2,}/g) ?? [], file).toEqual([]);
    }
  });
});
