import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { PlacedOrderCancelled, type Refusal } from '../../domain/errors.ts';
import { OPERATING_SYSTEMS } from '../../domain/catalog/operating-systems.ts';
import type { OfferedPlan } from '../../domain/catalog/plan-list-queries.ts';
import { parseHostname } from '../../domain/orders/hostname.ts';
import { codeField, oneOrMore } from '../../web/parse-request.ts';

/** The form as it is sent; what can be mistyped is looked at afterwards. */
export const OrderForm = z.object({
  plan: codeField,
  months: z.string().max(10).catch(''),
  hostname: z.string().max(1000).catch(''),
  os: z.string().max(100).catch(''),
  option: oneOrMore(codeField).optional(),
  key: z.uuid().optional(),
  shown_prices: z.string().default('').catch('unreadable'),
  recalculate: z.string().optional(),
});
export type SentOrderForm = z.infer<typeof OrderForm>;

/** The values of the form's fields. */
export interface OrderFormValues {
  months: string;
  hostname: string;
  os: string;
  /** Codes of the chosen options. */
  options: string[];
  /** Of the form; the same form sent twice places one order. */
  key: string;
}

/** The fields that cannot be taken as they are. */
export type InvalidFields = Partial<Record<'months' | 'hostname' | 'os', boolean>>;

/** The form for the first time. */
export const emptyForm = (months: string): OrderFormValues => ({
  months,
  hostname: '',
  os: OPERATING_SYSTEMS[0]?.code ?? '',
  options: [],
  key: randomUUID(),
});

/** The form again; one whose order was cancelled places a new one when it is sent once more. */
export function formAgain(sent: SentOrderForm, refusal: Refusal | null = null): OrderFormValues {
  const { months, hostname, os, option = [], key = randomUUID() } = sent;
  const isOver = refusal?.key === new PlacedOrderCancelled({}).key;
  return { months, hostname, os, options: option, key: isOver ? randomUUID() : key };
}

/** Reads the form, or says which fields are invalid. */
export function readOrderForm(plan: OfferedPlan, { months, hostname: typedName, os: code }: SentOrderForm) {
  const price = plan.prices.find((offered) => String(offered.months) === months);
  const hostname = parseHostname(typedName);
  const os = OPERATING_SYSTEMS.find((system) => system.code === code);
  if (price && hostname !== null && os) return { order: { months: price.months, hostname, os: os.code } };
  const invalid: InvalidFields = { months: !price, hostname: hostname === null, os: !os };
  return { invalid };
}
