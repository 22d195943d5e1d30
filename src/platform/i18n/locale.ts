/** A language of the portal. */
export type Locale = 'en' | 'ru';

export const LOCALES: Locale[] = ['en', 'ru'];

export function isLocale(text: unknown): text is Locale {
  return LOCALES.includes(text as Locale);
}
