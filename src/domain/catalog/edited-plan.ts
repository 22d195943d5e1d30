import type { Names } from '../../platform/i18n/names.ts';
import type { Specification } from './plan.ts';

/** A plan as staff write it. */
export interface PlanDraft {
  name: string;
  specification: Specification;
  /** The ids of the locations in which it is sold; the first is offered first. */
  locations: number[];
  position: number;
  active: boolean;
  /** Ordered only by whoever has its address. */
  hidden: boolean;
  /** How many more can be sold; null: as many as are asked for. */
  stock: number | null;
  /** Whether days that are paid and not used are credited when an order on it is cancelled. */
  refundsUnused: boolean;
  /** By language; null: nothing is said. */
  howToConnect: Names | null;
}

export interface EditedPlan extends PlanDraft {
  id: number;
  code: string;
  category: string;
}
