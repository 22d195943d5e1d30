import { addDays, addMonths, type Day } from '../src/platform/clock.ts';

/** What becomes of an order in the demo. */
export interface OrderStory {
  plan: string;
  months: number;
  placedOn: Day;
  hostname: string;
  serviceName: string;
  comment: string;
  /** How it ends, as of today. */
  ending:
    | { is: 'active' }
    | { is: 'renewal_unpaid' }
    | { is: 'overdue' }
    | { is: 'suspended'; reason: 'non_payment' | 'abuse' }
    | { is: 'awaiting_payment' }
    | { is: 'provisioning' }
    | { is: 'cancelled'; on: Day }
    | { is: 'unpaid_cancelled'; on: Day };
}

/** The first day of service, so that with `months` at a time the paid-until date falls on `end`. */
function startFor(end: Day, months: number, periods: number): Day {
  return addMonths(addDays(end, 1), -months * periods);
}

const VPS = [
  'vps-1',
  'vps-2',
  'vps-4',
  'vps-4-nvme',
  'vps-8',
  'vps-8-nvme',
  'vps-storage',
  'vps-2',
  'vps-1',
  'vps-4-nvme',
];
const SERVERS = ['ds-e-2276g', 'ds-e-2388g', 'ds-storage-60', 'ds-ryzen-5950x', 'ds-epyc-7313p'];
const NAMES = ['web', 'db', 'mail', 'cache', 'build', 'backup', 'monitor', 'shop', 'api', 'vpn', 'stage', 'files'];
const COMMENTS = [
  '',
  '',
  'Main shop',
  '',
  'For the agency',
  'Клиент: Восход',
  '',
  'Move to a bigger plan in spring',
  '',
];

const pick = <T>(list: T[], index: number) => list[index % list.length] as T;

function story(
  index: number,
  domain: string,
  rest: Pick<OrderStory, 'plan' | 'months' | 'placedOn' | 'ending'>,
): OrderStory {
  const name = `${pick(NAMES, index)}${Math.floor(index / NAMES.length) + 1}`;
  return {
    ...rest,
    hostname: `${name}.${domain}`,
    serviceName: index % 3 === 0 ? `${name} (${index % 2 === 0 ? 'production' : 'test'})` : '',
    comment: pick(COMMENTS, index),
  };
}

/** Two years of a customer with 62 orders in every status. */
export function annasOrders(today: Day): OrderStory[] {
  const of = (index: number, rest: Parameters<typeof story>[2]) => story(index, 'kowalska.example', rest);
  const stories: OrderStory[] = [];
  const add = (rest: Parameters<typeof story>[2]) => stories.push(of(stories.length, rest));

  // In service: their paid periods end from next week to next year.
  const terms = [1, 3, 6, 12, 3, 12];
  for (let index = 0; index < 32; index++) {
    const months = pick(terms, index);
    const end = addDays(today, 8 + ((index * 11) % (months * 30 - 8 > 0 ? months * 30 - 8 : 20)));
    const periods = Math.max(1, Math.floor((3 + ((index * 7) % 20)) / months));
    const plan = index % 6 === 5 ? pick(SERVERS, index) : pick(VPS, index);
    add({ plan, months, placedOn: startFor(end, months, periods), ending: { is: 'active' } });
  }
  // About to end, with a renewal invoice that waits.
  for (const [index, days] of [1, 2, 3, 4, 5].entries())
    add({
      plan: pick(VPS, index + 3),
      months: 1,
      placedOn: startFor(addDays(today, days), 1, 4 + index),
      ending: { is: 'renewal_unpaid' },
    });
  for (const days of [1, 2, 3])
    add({
      plan: pick(VPS, days),
      months: 1,
      placedOn: startFor(addDays(today, -days), 1, 5),
      ending: { is: 'overdue' },
    });
  for (const days of [6, 9, 12])
    add({
      plan: pick(VPS, days),
      months: 1,
      placedOn: startFor(addDays(today, -days), 1, 3),
      ending: { is: 'suspended', reason: 'non_payment' },
    });
  add({
    plan: 'vps-2',
    months: 3,
    placedOn: startFor(addDays(today, 40), 3, 2),
    ending: { is: 'suspended', reason: 'abuse' },
  });
  for (const days of [0, 2, 4])
    add({
      plan: pick(VPS, days),
      months: 1,
      placedOn: addDays(today, -days),
      ending: { is: 'awaiting_payment' },
    });
  for (const days of [1, 2])
    add({
      plan: pick(SERVERS, days),
      months: 1,
      placedOn: addDays(today, -days),
      ending: { is: 'provisioning' },
    });
  for (let index = 0; index < 10; index++) {
    const placedOn = addDays(today, -700 + index * 55);
    add({
      plan: pick(VPS, index),
      months: 1,
      placedOn,
      ending: { is: 'cancelled', on: addDays(placedOn, 80 + index * 6) },
    });
  }
  for (const days of [420, 260, 95])
    add({
      plan: pick(VPS, days),
      months: 3,
      placedOn: addDays(today, -days),
      ending: { is: 'unpaid_cancelled', on: addDays(today, -days + 6) },
    });
  return stories;
}

/** A company with a few large servers. */
export function nordwindsOrders(today: Day): OrderStory[] {
  const ends = [
    { is: 'active' },
    { is: 'active' },
    { is: 'renewal_unpaid' },
    { is: 'active' },
    { is: 'overdue' },
  ] as const;
  return ends.map((ending, index) => {
    const end =
      ending.is === 'overdue'
        ? addDays(today, -2)
        : ending.is === 'renewal_unpaid'
          ? addDays(today, 4)
          : addDays(today, 15 + index * 9);
    const plan = index % 2 === 0 ? pick(SERVERS, index) : pick(VPS, index + 4);
    return story(index, 'nordwind.example', {
      plan,
      months: 1,
      placedOn: startFor(end, 1, 3 + index),
      ending,
    });
  });
}

/** A customer of half a year who owes a renewal. */
export function ivansOrders(today: Day): OrderStory[] {
  const make = (index: number, end: Day, ending: OrderStory['ending']) =>
    story(index, 'petrov.example', {
      plan: pick(VPS, index + 1),
      months: 1,
      placedOn: startFor(end, 1, 4),
      ending,
    });
  return [
    make(0, addDays(today, 18), { is: 'active' }),
    make(1, addDays(today, 3), { is: 'renewal_unpaid' }),
    make(2, addDays(today, -2), { is: 'overdue' }),
    make(3, addDays(today, 26), { is: 'active' }),
  ];
}
