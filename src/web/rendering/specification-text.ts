import type { Locale } from '../../platform/i18n/locale.ts';
import type { Catalog } from '../../domain/catalog/category.ts';
import type { Specification } from '../../domain/catalog/plan.ts';

/** A plan, or an order on it, with what it includes. */
export interface Specified {
  category: string;
  specification: Specification;
}

/** The units of specifications in Russian, as GOST 8.417 writes them. */
const RUSSIAN_UNITS: Record<string, string> = {
  GHz: 'ГГц',
  MB: 'МБ',
  GB: 'ГБ',
  TB: 'ТБ',
  'Mbit/s': 'Мбит/с',
  'Gbit/s': 'Гбит/с',
};
const FIGURE = /(\d+)(?:\.(\d+))?(\s+)(Mbit\/s|Gbit\/s|GHz|MB|GB|TB)(?![\w])/g;

/** A part of a plan's specification as a language writes it: providers enter it in English, "6 × 3.8 GHz". */
export function specificationText(text: string, locale: Locale): string {
  if (locale === 'en') return text;
  return text.replace(
    FIGURE,
    (_, whole: string, part: string | undefined, _space, unit: string) =>
      `${whole}${part ? `,${part}` : ''}\u00a0${RUSSIAN_UNITS[unit] ?? unit}`,
  );
}

/** What a plan includes, each field of its category as a text; those without a value are left out. */
export function specificationTexts(catalog: Catalog, { category, specification }: Specified, locale: Locale): string[] {
  const fields = catalog.find(category)?.fields ?? [];
  return fields.flatMap(({ code, patterns }) => {
    const value = specification[code];
    if (value === undefined || value === '') return [];
    const pattern = patterns[locale] ?? patterns['en'] ?? '{value}';
    return [pattern.replace('{value}', specificationText(String(value), locale))];
  });
}
