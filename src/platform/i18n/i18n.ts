import i18next, { type TFunction } from 'i18next';
import en from './en.json' with { type: 'json' };
import { type Locale, LOCALES } from './locale.ts';
import ru from './ru.json' with { type: 'json' };

/** A Russian date ends in «г.», and so may a sentence: one full stop is enough. */
const oneStop = {
  type: 'postProcessor' as const,
  name: 'one-stop',
  process: (text: string) => text.replaceAll('г..', 'г.'),
};

const i18n = i18next.createInstance().use(oneStop);
await i18n.init({
  resources: { en: { translation: en }, ru: { translation: ru } },
  supportedLngs: LOCALES,
  fallbackLng: false,
  // The views escape; escaping twice would show the escapes.
  postProcess: ['one-stop'],
  interpolation: { escapeValue: false },
  // A missing sentence must be an error, not another language's.
  saveMissing: true,
  missingKeyHandler: (locales, _namespace, key) => {
    throw new Error(`No translation of ${key} into ${locales.join(', ')}`);
  },
});

export type Translate = TFunction;

export function translator(locale: Locale): Translate {
  return i18n.getFixedT(locale);
}
