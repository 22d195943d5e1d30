import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoInBrowser, signIn } from '../support/demo-in-browser.ts';

/** The pictures of README, of the demo as it is now, light and dark: `npm run screenshots`. */
const FOLDER = path.join(import.meta.dirname, '../../docs/screenshots');

const DESK = { width: 1280, height: 860 };
const PHONE = { width: 390, height: 844 };

interface Picture {
  name: string;
  who: string | null;
  address: () => string | Promise<string>;
  size?: typeof DESK;
  act?: (page: Page) => Promise<void>;
}

const ANNA = 'anna@kabinet.example';
const ADMIN = 'admin@kabinet.example';

let demo: DemoInBrowser;
beforeAll(async () => {
  fs.rmSync(FOLDER, { recursive: true, force: true });
  fs.mkdirSync(FOLDER, { recursive: true });
  demo = await DemoInBrowser.start();
  await demo.world.runCalendar(demo.world.daysFromToday(-1));
}, 120_000);
afterAll(() => demo.close());

/** An order of Anna's in service, with days to come. */
const orderPage = async (rest = '') => {
  const { id } = await demo.world
    .db('orders as o')
    .join('plans as p', 'p.id', 'o.plan_id')
    .where({ 'o.status': 'active', 'p.code': 'vps-2', 'o.currency': 'EUR' })
    .where('o.paid_until', '>', demo.world.daysFromToday(20))
    .orderBy('o.id')
    .first('o.id');
  return `/orders/${id}${rest}`;
};

const planPrices = async () => {
  const { id } = await demo.world.db('plans').where({ code: 'vps-4-nvme' }).first('id');
  return `/staff/plans/${id}/prices`;
};

const PICTURES: Picture[] = [
  { name: 'catalogue', who: null, address: () => '/catalog/vps' },
  { name: 'dashboard', who: ANNA, address: () => '/' },
  { name: 'orders', who: ANNA, address: () => '/orders' },
  {
    name: 'order-form',
    who: ANNA,
    address: () => '/orders/new?plan=vps-4-nvme&months=6&hostname=web7.kowalska.example&option=backup',
  },
  { name: 'order', who: ANNA, address: () => orderPage() },
  { name: 'plan-change', who: ANNA, address: () => orderPage('/plan-change?plan=vps-8') },
  { name: 'invoices', who: ANNA, address: () => '/invoices' },
  { name: 'balance', who: ANNA, address: () => '/balance' },
  {
    name: 'top-up',
    who: ANNA,
    address: () => '/top-ups/new',
    size: PHONE,
    act: async (page) => {
      await page.fill('#amount-USD', '50');
      await page.locator('[data-credited] data').waitFor();
    },
  },
  { name: 'billing', who: ADMIN, address: () => '/staff/billing' },
  { name: 'work-list', who: ADMIN, address: () => '/staff' },
  { name: 'plan-prices', who: ADMIN, address: planPrices },
  { name: 'networks', who: ADMIN, address: () => '/staff/networks' },
];

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it.each(PICTURES)('$name', ({ name, who, address, size = DESK, act }) =>
    demo.browse({ colorScheme, viewport: size }, async (page) => {
      if (who) await signIn(page, who);
      await page.goto(await address());
      await act?.(page);
      const file = path.join(FOLDER, `${name}-${colorScheme}.png`);
      await page.screenshot({ path: file });
      expect(fs.statSync(file).size).toBeGreaterThan(5_000);
    }),
  );
});
