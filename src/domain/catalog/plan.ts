import type { Names } from '../../platform/i18n/names.ts';

/** A place in which servers stand. */
export interface Location {
  id: number;
  code: string;
  names: Names;
}

/**
 * What a plan includes, by the fields of its category: for comparing plans, and for the second line of an order. A text
 * is entered in English, "6 × 3.8 GHz".
 */
export type Specification = Record<string, string | number>;
