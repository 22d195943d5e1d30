import fs from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/platform/clock.ts';
import { type DemoInBrowser, expectNoSidewaysScrolling, signIn } from '../support/demo-in-browser.ts';
import { closeDemo, startDemo } from './demo.ts';

const SHOTS = path.join(import.meta.dirname, 'shots');

let demo: DemoInBrowser;
/** A VPS in service, paid for a while yet: `ACTIVE` in the lists of pages below. */
let active: number;
beforeAll(async () => {
  fs.mkdirSync(SHOTS, { recursive: true });
  demo = await startDemo();
  const { db, clock } = demo.world;
  const vps = await db('orders as o')
    .join('plans as p', 'p.id', 'o.plan_id')
    .where({ 'o.status': 'active', 'p.code': 'vps-2', 'o.currency': 'EUR' })
    .where('o.paid_until', '>', addDays(clock.today(), 20))
    .first('o.id');
  active = vps.id;
}, 120_000);
afterAll(() => closeDemo(demo));

const CUSTOMER_PAGES = [
  '/',
  '/orders',
  '/orders?q=nothing+like+this',
  '/orders/10001',
  '/orders/ACTIVE/renewal',
  '/orders/ACTIVE/cancellation',
  '/orders/ACTIVE',
  '/orders/ACTIVE/plan-change',
  '/orders/ACTIVE/plan-change?plan=vps-16-nvme',
  '/dev/mail',
  '/dev/mail/1',
  '/orders/renewals',
  '/catalog',
  '/catalog/vps',
  '/catalog/dedicated',
  '/orders/new?plan=ds-e-2276g',
  '/invoices',
  '/invoices/payments',
  '/invoices/1',
  '/balance',
  '/top-ups/new',
  '/top-ups/new?amount=50&currency=USD',
  '/profile',
  '/nothing',
];
const STAFF_PAGES = [
  '/staff',
  '/staff/customers',
  '/staff/customers/1001',
  '/staff/provisioning',
  '/staff/billing',
  '/staff/billing/1',
  '/staff/rates',
  '/staff/audit',
];

describe.each([
  { locale: 'en', colorScheme: 'light' },
  { locale: 'ru', colorScheme: 'dark' },
] as const)('every page in $locale, $colorScheme', ({ locale, colorScheme }) => {
  it.each([
    ['anna@kabinet.example', [...CUSTOMER_PAGES, '/invoices?status=unpaid']],
    ['new@kabinet.example', ['/', '/orders', '/invoices', '/balance', '/top-ups/new']],
    ['admin@kabinet.example', STAFF_PAGES],
  ])(
    'of %s has no axe finding, no CSP violation, no console error and no layout break',
    (email, paths) =>
      demo.browse({ locale, colorScheme, bypassCSP: false }, async (page) => {
        await signIn(page, email, locale);
        for (const listed of paths) {
          const address = listed.replace('ACTIVE', String(active));
          const name = `${email.split('@')[0]}${address.replace(/\W+/g, '-')}`;
          await expectGoodAtEveryWidth(page, address, (width) => `${name}-${width}-${locale}.png`);
        }
      }),
    180_000,
  );
});

it('the sign-in page has no axe finding', () =>
  demo.browse({}, async (page) => {
    await page.goto('/login');
    expect(await axeFindings(page, '/login')).toEqual([]);
  }));

/** Looks at a page on a desk, a telephone and a small one, and keeps pictures of the first two. */
async function expectGoodAtEveryWidth(page: Page, address: string, pictureOf: (width: number) => string) {
  for (const width of [1280, 390, 360]) {
    await page.setViewportSize({ width, height: 860 });
    await page.goto(address);
    await expectNoSidewaysScrolling(page);
    if (width !== 360) await page.screenshot({ path: path.join(SHOTS, pictureOf(width)), fullPage: true });
    if (width !== 390) expect(await axeFindings(page, address)).toEqual([]);
  }
}

/** Run through the debugging protocol, which the page's policy does not concern. */
async function axeFindings(page: Page, address: string): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async (where) => {
    const { axe: tool } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await tool.run();
    return violations.map(({ id, nodes }) => `${where} ${id}: ${nodes[0]?.html.slice(0, 150)}`);
  }, address);
}
