import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const PROJECT = path.join(import.meta.dirname, '../../..');
const read = (file: string) => fs.readFileSync(path.join(PROJECT, file), 'utf8');
const STYLES = fs.globSync('public/css/**/*.css', { cwd: PROJECT }).map((file) => ({
  file,
  rules: read(file)
    .replace(/\/\*[^]*?\*\//g, '')
    .replace(/'[^']*'/g, ''),
}));
const SOURCES = fs.globSync(['views/**/*.ejs', 'src/**/*.ts', 'public/js/*.js'], { cwd: PROJECT }).map(read).join('\n');

const VALUE = /<%[^]*?%>|\$\{[^}]*\}/g;
const wordsIn = (texts: Iterable<RegExpMatchArray>) =>
  [...texts].flatMap(([, text = '']) => text.replace(VALUE, '*').split(/\s+/));
/** Every word in quotes: too many to count as classes by themselves. */
const QUOTED = new Set(wordsIn(SOURCES.matchAll(/'([a-z][a-z0-9 _-]*)'/g)));
/** Classes stand in attributes, or in strings on a line that speaks of classes; `badge-*` is any that begins so. */
const USED = new Set([
  ...wordsIn(SOURCES.matchAll(/class="((?:<%[^]*?%>|[^"])*)"/g)),
  ...SOURCES.split('\n')
    .filter((line) => /class|cell\('|layout/i.test(line))
    .flatMap((line) => wordsIn(line.matchAll(/'([a-z][a-z0-9 -]*)'/g))),
  ...wordsIn(SOURCES.matchAll(/`([a-z][a-z0-9 -]*\$\{[^}]*\}[a-z0-9 -]*)`/g)),
]);
const isUsed = (name: string) => {
  const [, start = '', end = ''] = /^(.*-)(.+)$/.exec(name) ?? [];
  return USED.has(name) || (USED.has(`${start}*`) && QUOTED.has(end));
};

describe('the styles', () => {
  it('say nothing to be important: a later layer wins instead', () => {
    expect(STYLES.filter(({ rules }) => rules.includes('!important')).map(({ file }) => file)).toEqual([]);
  });

  it('have no class that no page uses', () => {
    const classes = STYLES.flatMap(({ file, rules }) =>
      [...rules.matchAll(/\.([a-z][\w-]*)/g)].map(([, name = '']) => ({ file, name })),
    );
    expect(classes.length).toBeGreaterThan(100);
    expect(classes.filter(({ name }) => !isUsed(name))).toEqual([]);
  });

  it('leave the layers to the folders', () => {
    expect(STYLES.filter(({ rules }) => rules.includes('@layer')).map(({ file }) => file)).toEqual([]);
  });
});
