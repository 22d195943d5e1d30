import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import en from '../../../src/platform/i18n/en.json' with { type: 'json' };
import ru from '../../../src/platform/i18n/ru.json' with { type: 'json' };
import { ICONS } from '../../../src/web/assets/icon-sprite.ts';

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

const filesOf = (folder: string, ending: string): string[] =>
  fs
    .readdirSync(path.join(import.meta.dirname, '../../..', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(import.meta.dirname, '../../..', folder, name));
const sources = [...filesOf('views', '.ejs'), ...filesOf('src', '.ts')].map((file) => ({
  file,
  text: fs.readFileSync(file, 'utf8'),
}));

describe('the words', () => {
  it('are there in both languages', () => {
    expect([...new Set([...RUSSIAN.keys()].map(base))].sort()).toEqual(
      [...new Set([...ENGLISH.keys()].map(base))].sort(),
    );
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
    const known = new Set([...ENGLISH.keys()].map(base));
    for (const { file, text } of sources)
      for (const [, key] of text.matchAll(/\bt\('([a-z_]+(?:\.[a-zA-Z_]+)+)'[,)]/g))
        expect(known.has(base(key ?? '')), `${key} in ${file}`).toBe(true);
  });

  it('leave no sentence outside: views hold no letters but in tags', () => {
    for (const { file, text } of sources.filter(({ file: name }) => name.endsWith('.ejs'))) {
      const visible = text
        .replace(/<%[\s\S]*?%>/g, '')
        .replace(/<[^>]*>/g, ' ')
        .replace(/Kabinet|English|Русский|CSV|PDF|ID|K\b/g, '');
      expect(visible.match(/[A-Za-zА-Яа-я]{2,}/g) ?? [], file).toEqual([]);
    }
  });

  it('come with icons that the sprite has', () => {
    for (const { file, text } of sources)
      for (const [, name] of text.matchAll(/\bicon\('([a-z0-9-]+)'\)/g))
        expect(ICONS, `${name} in ${file}`).toContain(name);
  });
});
