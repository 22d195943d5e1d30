import { Decimal } from 'decimal.js';
import type { Transaction } from '../src/platform/db/database.ts';
import type { Specification } from '../src/domain/catalog/plan.ts';

type CategoryCode = 'dedicated' | 'vps';

/** What is sold, for how many months. */
const CATEGORIES: {
  code: CategoryCode;
  names: Record<'en' | 'ru', string>;
  descriptions: Record<'en' | 'ru', string>;
  periods: number[];
}[] = [
  {
    code: 'dedicated',
    names: { en: 'Dedicated server', ru: 'Выделенный сервер' },
    descriptions: {
      en: 'A physical server of your own, set up by our engineers.',
      ru: 'Физический сервер только для вас, настройка нашими инженерами.',
    },
    periods: [1, 2, 3, 6, 12, 24],
  },
  {
    code: 'vps',
    names: { en: 'VPS/VDS', ru: 'VPS/VDS' },
    descriptions: {
      en: 'A virtual server, ready as soon as it is paid.',
      ru: 'Виртуальный сервер, готов сразу после оплаты.',
    },
    periods: [1, 3, 6, 12],
  },
];

/** What the specification of every plan says, in this order. */
const FIELDS = [
  {
    code: 'cpu',
    kind: 'text',
    names: { en: 'Processor', ru: 'Процессор' },
    patterns: { en: '{value}', ru: '{value}' },
  },
  {
    code: 'ram',
    kind: 'number',
    names: { en: 'Memory', ru: 'Память' },
    patterns: { en: '{value} GB', ru: '{value} ГБ' },
  },
  { code: 'disk', kind: 'disk', names: { en: 'Disk', ru: 'Диск' }, patterns: { en: '{value}', ru: '{value}' } },
  {
    code: 'traffic',
    kind: 'text',
    names: { en: 'Traffic', ru: 'Трафик' },
    patterns: { en: '{value} traffic', ru: '{value} трафика' },
  },
];

/** From when the first prices are valid: before anything that is sold. */
const VALID_FROM = '2000-01-01';

interface SeedPlan {
  code: string;
  name: string;
  category: CategoryCode;
  /** Codes of locations; the first is offered first. */
  locations: string[];
  specification: Specification;
  /** A month's price in EUR. */
  monthly: string;
}

const vps = (
  code: string,
  name: string,
  locations: string | string[],
  cpu: string,
  ram: number,
  disk: string,
  traffic: string,
  monthly: string,
): SeedPlan => ({
  code,
  name,
  category: 'vps',
  locations: [locations].flat(),
  specification: { cpu, ram, disk, traffic },
  monthly,
});
const dedicated = (...[code, name, locations, cpu, ram, disk, traffic, monthly]: Parameters<typeof vps>): SeedPlan => ({
  ...vps(code, name, locations, cpu, ram, disk, traffic, monthly),
  category: 'dedicated',
});

/** By code. */
const LOCATIONS = {
  amsterdam: { en: 'Amsterdam', ru: 'Амстердам' },
  frankfurt: { en: 'Frankfurt', ru: 'Франкфурт' },
  helsinki: { en: 'Helsinki', ru: 'Хельсинки' },
  prague: { en: 'Prague', ru: 'Прага' },
  warsaw: { en: 'Warsaw', ru: 'Варшава' },
};

/** Eight VPS and eight dedicated servers, as a provider of middling size offers them. */
const PLANS: SeedPlan[] = [
  vps('vps-1', 'VPS-1', ['warsaw', 'amsterdam', 'prague'], '1 vCPU', 2, '25 GB SSD', '1 TB', '5.00'),
  vps('vps-2', 'VPS-2', ['amsterdam', 'warsaw', 'prague', 'frankfurt'], '2 vCPU', 4, '50 GB SSD', '2 TB', '9.50'),
  vps('vps-4', 'VPS-4', ['prague', 'amsterdam', 'warsaw'], '4 vCPU', 8, '100 GB SSD', '4 TB', '21.00'),
  vps('vps-4-nvme', 'VPS-4 NVMe', ['amsterdam', 'prague', 'frankfurt'], '4 vCPU', 8, '120 GB NVMe', '4 TB', '24.00'),
  vps('vps-8', 'VPS-8', ['prague', 'amsterdam', 'warsaw'], '8 vCPU', 16, '200 GB SSD', '8 TB', '39.00'),
  vps('vps-8-nvme', 'VPS-8 NVMe', ['amsterdam', 'prague', 'frankfurt'], '8 vCPU', 16, '240 GB NVMe', '8 TB', '46.00'),
  vps('vps-16-nvme', 'VPS-16 NVMe', ['frankfurt', 'amsterdam'], '16 vCPU', 32, '480 GB NVMe', '16 TB', '89.00'),
  vps('vps-storage', 'VPS Storage', ['helsinki', 'amsterdam'], '2 vCPU', 4, '2 TB HDD', '8 TB', '18.50'),
  dedicated('ds-e-2276g', 'DS E-2276G', 'frankfurt', '6 × 3.8 GHz', 32, '2 × 512 GB NVMe', '30 TB', '79.00'),
  dedicated('ds-e-2388g', 'DS E-2388G', 'frankfurt', '8 × 3.2 GHz', 64, '2 × 1 TB NVMe', '30 TB', '119.00'),
  dedicated('ds-ryzen-5950x', 'DS Ryzen 5950X', 'helsinki', '16 × 3.4 GHz', 128, '2 × 2 TB NVMe', '50 TB', '145.00'),
  dedicated('ds-epyc-7313p', 'DS EPYC 7313P', 'prague', '16 × 3.0 GHz', 128, '2 × 2 TB NVMe', '50 TB', '189.00'),
  dedicated('ds-epyc-7443p', 'DS EPYC 7443P', 'amsterdam', '24 × 2.85 GHz', 256, '2 × 4 TB NVMe', '50 TB', '259.00'),
  dedicated('ds-epyc-9354p', 'DS EPYC 9354P', 'amsterdam', '32 × 3.25 GHz', 384, '4 × 4 TB NVMe', '100 TB', '429.00'),
  dedicated('ds-storage-60', 'DS Storage 60', 'helsinki', '8 × 2.1 GHz', 64, '6 × 10 TB HDD', '100 TB', '99.00'),
  dedicated('ds-xeon-4410', 'DS 2×Xeon 4410', 'warsaw', '24 × 2.0 GHz', 192, '4 × 2 TB NVMe', '50 TB', '279.00'),
];

const periodsOf = (category: CategoryCode) => CATEGORIES.find(({ code }) => code === category)?.periods ?? [];

/** Price lists are set by people, not by the day's rate: rounded, in each currency that accounts are kept in. */
const PRICE_LISTS = {
  EUR: { factor: '1', step: '0.5' },
  USD: { factor: '1.1', step: '0.5' },
  RUB: { factor: '95', step: '10' },
};
/** Longer periods are cheaper, in per cent. */
const DISCOUNTS: Record<number, number> = { 1: 0, 2: 2, 3: 5, 6: 8, 12: 12, 24: 18 };

/** Dedicated servers are set up once, by people. */
const SETUP_FEES = { EUR: '49.00', USD: '55.00', RUB: '4500.00' };

/** What can be ordered with a server, for so much a month. */
const OPTIONS = [
  {
    code: 'backup',
    names: { en: 'Daily backups', ru: 'Ежедневные резервные копии' },
    monthly: { EUR: '2.50', USD: '3.00', RUB: '250.00' },
  },
  {
    code: 'second-ip',
    names: { en: 'A second IPv4 address', ru: 'Второй адрес IPv4' },
    monthly: { EUR: '1.50', USD: '1.50', RUB: '150.00' },
  },
  {
    code: 'panel',
    names: { en: 'Control panel', ru: 'Панель управления' },
    monthly: { EUR: '6.00', USD: '6.50', RUB: '600.00' },
  },
];

/** The categories with their periods and fields, as a provider of servers has them. */
async function seedCategories(trx: Transaction): Promise<void> {
  for (const [position, { periods, names, descriptions, code }] of CATEGORIES.entries()) {
    await trx('categories')
      .insert({
        code,
        names: JSON.stringify(names),
        descriptions: JSON.stringify(descriptions),
        position,
        invoice_days: 5,
        remind_days: 1,
        due_days: 7,
        grace_days: 3,
        suspended_days: 14,
      })
      .onConflict('code')
      .merge();
    await trx('category_periods')
      .insert(periods.map((months) => ({ category: code, months })))
      .onConflict(['category', 'months'])
      .ignore();
    await trx('specification_fields')
      .insert(
        FIELDS.map((field, nth) => ({
          ...field,
          category: code,
          names: JSON.stringify(field.names),
          patterns: JSON.stringify(field.patterns),
          position: nth,
        })),
      )
      .onConflict(['category', 'code'])
      .merge();
  }
}

export async function seedCatalogue(trx: Transaction): Promise<void> {
  await seedCategories(trx);
  await trx('currencies').whereIn('code', Object.keys(PRICE_LISTS)).update({ priced: true });
  const locations = new Map<string, number>();
  for (const [code, names] of Object.entries(LOCATIONS)) {
    const [row] = await trx('locations')
      .insert({ code, names: JSON.stringify(names) })
      .onConflict('code')
      .merge()
      .returning<{ id: number }[]>('id');
    locations.set(code, row?.id as number);
  }
  for (const [position, { monthly, specification, locations: codes, ...plan }] of PLANS.entries()) {
    const [row] = await trx('plans')
      .insert({ ...plan, specification: JSON.stringify(specification), position })
      .returning<{ id: number }[]>('id');
    await trx('plan_locations').insert(
      codes.map((code, nth) => ({ plan_id: row?.id, location_id: locations.get(code), position: nth })),
    );
    await trx('plan_prices').insert(
      Object.entries(PRICE_LISTS).flatMap(([currency, { factor, step }]) =>
        periodsOf(plan.category).map((months) => ({
          plan_id: row?.id,
          valid_from: VALID_FROM,
          currency,
          months,
          price: new Decimal(monthly)
            .times(factor)
            .times(months)
            .times(100 - (DISCOUNTS[months] ?? 0))
            .dividedBy(100)
            .toNearest(step, Decimal.ROUND_HALF_UP)
            .toFixed(2),
        })),
      ),
    );
  }
}

/**
 * What a provider adds when it opens: in each location networks that give its VPS their addresses, whose unused days it
 * refunds, and the fee for setting up servers.
 * @param addresses in each location; each begins at a network of its own
 */
export async function seedProvisioning(trx: Transaction, firstAddress: string, addresses: number): Promise<void> {
  await trx('categories').where({ code: 'vps' }).update({ provisioning: 'automatic' });
  const locations = await trx('locations').orderBy('id').pluck<number[]>('id');
  for (const [nth, location] of locations.entries()) {
    const given = {
      firstAddress,
      location,
      offset: nth * Math.ceil(addresses / 256) * 256,
      last: addresses - 1,
    };
    await trx.raw(
      `insert into networks (cidr, location_id, gateway, alarm_below)
       select g.network, :location, case when min(g.address) > set_masklen(g.network::inet, 32) + 1 then host(g.network)::inet + 1 end, 5
       from (
         select address, network(set_masklen(address, 24)) as network
         from (${ADDRESSES}) a
       ) g
       group by g.network`,
      given,
    );
    await trx.raw(
      `insert into network_addresses (address, network_id)
       select a.address, n.id
       from (${ADDRESSES}) a
       join networks n on a.address <<= n.cidr`,
      given,
    );
  }
  await trx('plans').where({ category: 'vps' }).update({ refunds_unused: true });
  const servers = await trx('plans').where({ category: 'dedicated' }).pluck<number[]>('id');
  await trx('plan_setup_fees').insert(
    servers.flatMap((plan_id) =>
      Object.entries(SETUP_FEES).map(([currency, fee]) => ({ plan_id, currency, fee, valid_from: VALID_FROM })),
    ),
  );
}

/** SQL: the addresses of a location. */
const ADDRESSES = `select cast(:firstAddress as inet) + :offset + n as address from generate_series(0, cast(:last as int)) n`;

/** Options of both categories. */
export async function seedOptions(trx: Transaction): Promise<void> {
  for (const category of ['vps', 'dedicated'] as const)
    for (const [position, { code, names, monthly }] of OPTIONS.entries()) {
      const [row] = await trx('plan_options')
        .insert({ category, code, names: JSON.stringify(names), position })
        .returning<{ id: number }[]>('id');
      await trx('plan_option_prices').insert(
        Object.entries(monthly).map(([currency, price]) => ({
          option_id: row?.id,
          currency,
          monthly: price,
          valid_from: VALID_FROM,
        })),
      );
    }
}
