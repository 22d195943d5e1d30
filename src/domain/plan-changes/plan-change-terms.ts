import { z } from 'zod';
import { isDay } from '../../platform/clock.ts';

const day = z.string().refine(isDay);
const amount = z.string().regex(/^-?\d+(\.\d+)?$/);

/** What a change of plan or of options was calculated with, kept on the line of its invoice for when that is paid. */
export const PlanChangeTerms = z.object({
  fromPlanId: z.number().int(),
  toPlanId: z.number().int(),
  /** The order's price for its own period from then on. */
  price: amount,
  paidUntil: day,
  /** The amount by the paid periods that it changes. */
  parts: z.array(z.object({ from: day, to: day, amount })),
  /** The options that it adds, at their price a month; the plan stays then. */
  options: z.array(z.object({ id: z.number().int(), monthly: amount })).optional(),
});
export type PlanChangeTerms = z.infer<typeof PlanChangeTerms>;
