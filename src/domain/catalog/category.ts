import { NotFound } from '../errors.ts';
import type { Names } from '../../platform/i18n/names.ts';

/** How a value of a specification is entered; whoever moves to a plan with a smaller disk is told so first. */
export const FIELD_KINDS = ['text', 'number', 'disk'] as const;
type FieldKind = (typeof FIELD_KINDS)[number];

/** What the specification of each plan of a category says. */
export interface SpecificationField {
  code: string;
  names: Names;
  kind: FieldKind;
  /** By language, how a value is written in a line: "{value} GB". */
  patterns: Names;
}

export const PROVISIONING = ['automatic', 'by_hand'] as const;
export type Provisioning = (typeof PROVISIONING)[number];

/** When orders of a category are invoiced, and what happens to those that are not paid (rules B1–B4). */
export interface BillingTerms {
  /** Days before the paid-until date from which renewals are invoiced, and with auto-renewal paid; the first reminder goes out then. */
  invoiceDays: number;
  /** Days before the paid-until date on which the second reminder goes out; fewer than `invoiceDays`. */
  remindDays: number;
  /** Days until a new order's invoice is due (rule I9). */
  dueDays: number;
  /** Days after the paid-until date for which an order that is not renewed runs on. */
  graceDays: number;
  /** Days after its suspension until it is cancelled. */
  suspendedDays: number;
}

/** A kind of server, and what its plans have in common. */
export interface Category extends BillingTerms {
  code: string;
  names: Names;
  /** A sentence in the catalogue. */
  descriptions: Names;
  /** Whether customers see it. */
  active: boolean;
  /** How a paid order gets its server: by an address of a network in its location, or by staff. */
  provisioning: Provisioning;
  /** The months for which its plans are sold (rule O10), the shortest first. */
  periods: number[];
  fields: SpecificationField[];
}

/** The categories, in their order. */
export class Catalog {
  readonly #byCode: Map<string, Category>;

  constructor(categories: Category[]) {
    this.#byCode = new Map(categories.map((category) => [category.code, category]));
  }

  /** @throws {NotFound} */
  get(code: string): Category {
    const category = this.#byCode.get(code);
    if (!category) throw new NotFound();
    return category;
  }

  find(code: string): Category | undefined {
    return this.#byCode.get(code);
  }

  get all(): Category[] {
    return [...this.#byCode.values()];
  }

  /** For how many months something is sold, the shortest first. */
  get periods(): number[] {
    return [...new Set(this.active.flatMap(({ periods }) => periods))].toSorted((a, b) => a - b);
  }

  /** Those that customers see. */
  get active(): Category[] {
    return this.all.filter(({ active }) => active);
  }
}
