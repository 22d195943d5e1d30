import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { PlacedOrderCancelled, type Refusal } from '../../domain/errors.ts';
import { OPERATING_SYSTEMS } from '../../domain/catalog/operating-systems.ts';
import type { OfferedPlan } from '../../domain/catalog/plan-list-queries.ts';
import { type KeptSshKey } from '../../domain/customers/ssh-keys.ts';
import { parseSshKey, type SshKey, type SshKeyFault } from '../../domain/customers/ssh-key.ts';
import { parseHostname } from '../../domain/orders/hostname.ts';
import { codeField, oneOrMore } from '../../web/parse-request.ts';

/** The form as it is sent, or as an address fills it in; what can be mistyped is looked at afterwards. */
export const OrderForm = z.object({
  plan: codeField,
  months: z.string().max(10).catch(''),
  /** Left out by whoever does not choose: the plan's first one. */
  location: z.string().max(100).optional().catch(''),
  hostname: z.string().max(1000).catch(''),
  os: z.string().max(100).catch(''),
  option: oneOrMore(codeField).optional(),
  ssh_key: z.string().max(10_000).default('').catch('?'),
  /** The id of a key that the customer keeps; empty for none. */
  kept_key: z.string().max(20).catch(''),
  key: z.uuid().optional(),
  shown_prices: z.string().default('').catch('unreadable'),
  recalculate: z.string().optional(),
  pay: z.enum(['now', 'later']).catch('later'),
});
export type SentOrderForm = z.infer<typeof OrderForm>;

/** The values of the form's fields. */
export interface OrderFormValues {
  months: string;
  location: string;
  hostname: string;
  os: string;
  /** Codes of the chosen options. */
  options: string[];
  sshKey: string;
  keptKey: string;
  /** Of the form; the same form sent twice places one order. */
  key: string;
}

/** What is wrong with each field that cannot be taken as it is: `errors.field.<fault>`. */
export type InvalidFields = Partial<Record<(typeof FIELDS)[number], FieldFault>>;
type FieldFault = 'months' | 'location' | 'hostname' | 'os' | `ssh_key.${SshKeyFault | 'gone'}`;

/** In the order in which they stand in the form. */
export const FIELDS = ['months', 'location', 'hostname', 'os', 'kept_key', 'ssh_key'] as const;

/**
 * What an address may fill in: the choice that a visitor made before signing in, or a provider's own link. A key is not
 * among it: whoever makes a link could put their own there.
 */
const Prefill = OrderForm.pick({
  months: true,
  location: true,
  hostname: true,
  os: true,
  option: true,
}).partial();

/**
 * The form for the first time, with what its address says.
 * @param sshKey what a visitor pasted before signing in
 */
export function emptyForm(query: unknown, kept: KeptSshKey[], sshKey: string): OrderFormValues {
  const filled = Prefill.safeParse(query).data ?? {};
  return {
    months: filled.months ?? '',
    location: filled.location ?? '',
    hostname: filled.hostname ?? '',
    os: filled.os ?? OPERATING_SYSTEMS[0]?.code ?? '',
    options: filled.option ?? [],
    sshKey,
    keptKey: sshKey === '' ? String(kept[0]?.id ?? '') : '',
    key: randomUUID(),
  };
}

/** The form's address with what was chosen in it. */
export function addressOf(sent: SentOrderForm): string {
  const { plan, months, location, hostname, os, option = [] } = sent;
  const chosen = Object.entries({ plan, months, location, hostname, os }).flatMap(([name, value]) =>
    value ? [[name, value]] : [],
  );
  return `/orders/new?${new URLSearchParams([...chosen, ...option.map((code) => ['option', code])]).toString()}`;
}

/** The form again; one whose order was cancelled places a new one when it is sent once more. */
export function formAgain(sent: SentOrderForm, refusal: Refusal | null = null): OrderFormValues {
  const { months, location = '', hostname, os, option = [], ssh_key, kept_key, key = randomUUID() } = sent;
  const isOver = refusal?.key === new PlacedOrderCancelled({}).key;
  return {
    months,
    location,
    hostname,
    os,
    options: option,
    // A private key is not shown again.
    sshKey: parseSshKey(ssh_key) === 'private' ? '' : ssh_key,
    keptKey: kept_key,
    key: isOver ? randomUUID() : key,
  };
}

/** An order as the form says it. */
export interface ReadOrderForm {
  months: number;
  location: string | undefined;
  hostname: string;
  os: string;
  /** One that was typed goes before one that is kept. */
  sshKey: SshKey | null;
}

/** Reads the form, or says what is wrong with which fields. */
export function readOrderForm(
  plan: OfferedPlan,
  kept: KeptSshKey[],
  sent: SentOrderForm,
): { order: ReadOrderForm; invalid?: undefined } | { order?: undefined; invalid: InvalidFields } {
  const price = plan.prices.find((offered) => String(offered.months) === sent.months);
  const located = sent.location === undefined || plan.locations.some(({ code }) => code === sent.location);
  const hostname = parseHostname(sent.hostname);
  const os = OPERATING_SYSTEMS.find((system) => system.code === sent.os);
  const sshKey = sent.ssh_key.trim() === '' ? keptKey(kept, sent.kept_key) : parseSshKey(sent.ssh_key);
  if (price && located && hostname !== null && os && typeof sshKey !== 'string')
    return { order: { months: price.months, location: sent.location, hostname, os: os.code, sshKey } };
  return {
    invalid: {
      ...(!price && { months: 'months' }),
      ...(!located && { location: 'location' }),
      ...(hostname === null && { hostname: 'hostname' }),
      ...(!os && { os: 'os' }),
      ...(sshKey === 'gone'
        ? { kept_key: 'ssh_key.gone' }
        : typeof sshKey === 'string' && { ssh_key: `ssh_key.${sshKey}` }),
    },
  };
}

/** One that was removed meanwhile is asked for again. */
function keptKey(kept: KeptSshKey[], id: string): SshKey | 'gone' | null {
  if (id === '') return null;
  return kept.find((key) => String(key.id) === id) ?? 'gone';
}
