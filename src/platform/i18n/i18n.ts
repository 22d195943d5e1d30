import i18next from 'i18next';
import { memoized } from '../memoized.ts';
import en from './en/index.ts';
import { type Locale, LOCALES } from './locale.ts';
import ru from './ru/index.ts';

type PathsOf<T> = {
  [K in keyof T & string]: T[K] extends string ? K : `${K}.${PathsOf<T[K]>}`;
}[keyof T & string];
type WithoutPlural<K extends string> = K extends `${infer Key}_one` | `${infer Key}_other` ? Key : K;

/** What `t` is asked for: the path of a sentence in the English files, without the ending of its plural form. */
export type WordKey = WithoutPlural<PathsOf<typeof en>>;

/** What fills the gaps of a sentence; `count` chooses its plural form. */
type WordValues = Record<string, string | number | null | undefined>;

/** @throws {Error} when there is no such sentence */
export type Translate = (key: WordKey, values?: WordValues) => string;

/** A Russian date ends in «г.», and so may a sentence: one full stop is enough. */
const oneStop = {
  type: 'postProcessor' as const,
  name: 'one-stop',
  process: (text: string) => text.replaceAll('г..', 'г.'),
};

const missing = (key: string, locales: readonly string[]) =>
  new Error(`No translation of ${key} into ${locales.join(', ')}`);

const i18n = i18next.createInstance().use(oneStop);
await i18n.init({
  resources: { en: { translation: en }, ru: { translation: ru } },
  supportedLngs: LOCALES,
  fallbackLng: false,
  // The views escape; escaping twice would show the escapes.
  postProcess: ['one-stop'],
  interpolation: { escapeValue: false },
  // A sentence that is missing must be noticed, not guessed.
  saveMissing: true,
  missingKeyHandler: (locales, _namespace, key) => {
    throw missing(key, locales);
  },
  returnedObjectHandler: (key) => {
    throw missing(key, LOCALES);
  },
});

interface Words {
  [name: string]: string | Words;
}

const flatten = (words: Words, prefix = ''): [string, string][] =>
  Object.entries(words).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + name, value]] : flatten(value, `${prefix}${name}.`),
  );

const PLURAL = /_(one|few|many|other)$/;

/** Sentences without gaps and plural forms, most of a page, need only be looked up. */
const plainSentences = (words: Words): ReadonlyMap<string, string> =>
  new Map(flatten(words).filter(([key, text]) => !PLURAL.test(key) && !text.includes('{{')));

const PLAIN: Record<Locale, ReadonlyMap<string, string>> = { en: plainSentences(en), ru: plainSentences(ru) };

/** Pages say the same few sentences again and again, each of which takes i18next some microseconds. */
const SENTENCES_KEPT = 5_000;

function makeTranslator(locale: Locale): Translate {
  const plain = PLAIN[locale];
  const fill = i18n.getFixedT(locale);
  const filled = memoized(SENTENCES_KEPT, ([key, values]: Asked) => fill(key, values), keyOf);
  return (key, values = {}) => plain.get(key) ?? filled([key, values]);
}

type Asked = [WordKey, WordValues];

function keyOf([key, values]: Asked): string {
  let text: string = key;
  for (const name in values) text += `\0${name}\0${values[name]}`;
  return text;
}

const TRANSLATORS: Record<Locale, Translate> = { en: makeTranslator('en'), ru: makeTranslator('ru') };

export const translator = (locale: Locale): Translate => TRANSLATORS[locale];

const KEYS: ReadonlySet<string> = new Set(flatten(en).map(([key]) => key.replace(PLURAL, '')));
export const isWordKey = (key: string): key is WordKey => KEYS.has(key);

/**
 * For a key that ends in what is stored, where no type says what that may be.
 * @throws {Error} when there is no such sentence
 */
export function wordKey(key: string): WordKey {
  if (!isWordKey(key)) throw missing(key, LOCALES);
  return key;
}
