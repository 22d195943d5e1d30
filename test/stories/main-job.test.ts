import fs from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays } from '../../src/platform/clock.ts';
import { runBilling } from '../../src/domain/billing/run-billing.ts';
import { DemoInBrowser, signIn } from '../support/demo-in-browser.ts';
import { expectInvariants } from '../support/invariants.ts';

const SHOTS = path.join(import.meta.dirname, 'shots');
const CBR = path.join(import.meta.dirname, '../../seeds/rates/cbr-XML_daily-2025-12-13.xml');

let demo: DemoInBrowser;
beforeAll(async () => {
  fs.mkdirSync(SHOTS, { recursive: true });
  demo = await DemoInBrowser.start();
  const { db, clock, config } = demo.world;
  const vps = await db('orders as o')
    .join('plans as p', 'p.id', 'o.plan_id')
    .where({ 'o.status': 'active', 'p.code': 'vps-2', 'o.currency': 'EUR' })
    .where('o.paid_until', '>', addDays(clock.today(), 20))
    .first('o.id');
  active = vps.id;
  await runBilling(db, clock, config.seller, { day: addDays(clock.today(), -1), startedBy: 'schedule' });
}, 120_000);
afterAll(async () => {
  await expectInvariants(demo.world);
  await demo.close();
});

/** A VPS in service, paid for a while yet: what stands for it in the lists of pages below. */
let active: number;

const open: DemoInBrowser['open'] = (options) => demo.open(options);

const balanceOf = async (page: Page) => (await page.locator('#balance data').getAttribute('value')) ?? '';
const equivalentsOf = (page: Page) =>
  page.locator('.balance-menu .equivalent data').evaluateAll((all) => all.map((data) => data.getAttribute('value')));
const cents = (amount: string) => Math.round(Number(amount) * 100);

const WORDS = {
  en: { paid: 'Paid', topUp: '50', confirm: 'Confirm the payment' },
  ru: { paid: 'Оплачен', topUp: '50', confirm: 'Подтвердите платёж' },
};

describe.each([
  { locale: 'en', width: 1280, colorScheme: 'light', javaScriptEnabled: true },
  { locale: 'ru', width: 390, colorScheme: 'dark', javaScriptEnabled: true },
  { locale: 'ru', width: 1280, colorScheme: 'light', javaScriptEnabled: false },
  { locale: 'en', width: 390, colorScheme: 'dark', javaScriptEnabled: false },
] as const)(
  'the main job by clicks, in $locale at $width px, $colorScheme, JavaScript: $javaScriptEnabled',
  ({ locale, width, colorScheme, javaScriptEnabled }) => {
    const words = WORDS[locale];

    it('sign in, top up 50 USD at the bank, pay a renewal, see the order extended, sign out', async () => {
      const { context, page, complaints } = await open({
        locale,
        colorScheme,
        javaScriptEnabled,
        viewport: { width, height: 860 },
      });
      await signIn(page, 'anna@kabinet.example', locale);
      const before = await balanceOf(page);
      const equivalentsBefore = await equivalentsOf(page);

      await page.click('.balance-add');
      if (javaScriptEnabled) {
        await page.fill('#amount-USD', words.topUp);
        expect(await page.inputValue('#amount-EUR')).toBe(locale === 'ru' ? '46,70' : '46.70');
        expect(await page.locator('[data-credited] data').getAttribute('value')).toBe('46.70');
      } else {
        await page.fill('#amount', words.topUp);
        await page.selectOption('#currency', 'USD');
      }
      await page.click('.summary-card button');
      const quoted = (await page.locator('dd[data-credit] data').getAttribute('value')) ?? '';
      expect(quoted).toBe('46.70');
      await page.click('button[value=sandbox]');
      expect(await page.textContent('h1')).toBe(words.confirm);
      await page.click('button[value=pay]');
      expect(await page.textContent('.heading .badge')).toBe(words.paid);
      const after = await balanceOf(page);
      expect(cents(after) - cents(before)).toBe(cents(quoted));
      const equivalentsAfter = await equivalentsOf(page);
      equivalentsAfter.forEach((amount, index) =>
        expect(Number(amount)).toBeGreaterThan(Number(equivalentsBefore[index])),
      );

      await page.goto('/orders?status=active&sort=paid_until&dir=asc&per=100');
      const row = page.locator('tr[data-id]:has(.row-actions > a)').first();
      const orderId = await row.getAttribute('data-id');
      const paidUntil = await row.locator('time').first().getAttribute('datetime');
      await row.locator('.row-actions > a').click();
      await page.click('button[value=balance]');
      expect(await page.textContent('.heading .badge')).toBe(words.paid);
      await page.goto(`/orders/${orderId}`);
      const moved = await page.locator('dl time').first().getAttribute('datetime');
      expect(Date.parse(moved ?? '') - Date.parse(paidUntil ?? '')).toBeGreaterThan(27 * 86_400_000);

      await page.goto('/balance');
      const statement = await page
        .locator('#list tbody tr')
        .first()
        .locator('data')
        .evaluateAll((all) => all.map((data) => data.getAttribute('value')));
      expect(statement[1]).toBe(await balanceOf(page));
      await page.click('.user-menu > summary');
      await page.click('form[action="/logout"] button');
      await page.waitForURL('**/login');
      await page.goto('/orders');
      expect(new URL(page.url()).pathname).toBe('/login');
      expect(complaints).toEqual([]);
      await context.close();
    });
  },
);

describe('the rest of the main job by clicks', () => {
  it('the customer in roubles is refused payment, fills in the listed fields, and is back at the same payment (P2)', async () => {
    const { context, page, complaints } = await open({ locale: 'ru' });
    await signIn(page, 'ivan@kabinet.example', 'ru');
    await page.goto('/invoices?status=unpaid');
    await page.locator('tr[data-id] .button').first().click();
    const invoice = new URL(page.url()).pathname;
    expect(await page.textContent('#profile-gate')).toContain('Адрес, Телефон');
    await page.fill('#address', 'пр. Абая, 15');
    await page.fill('#phone', 'позвоните');
    await page.click('#profile-gate button');
    expect(await page.textContent('#phone-error')).toContain('номер телефона');
    await page.fill('#phone', '+7 727 555 0142');
    await page.click('#profile-gate button');
    await page.waitForURL(`**${invoice}`);
    expect(await page.locator('.pay-column .button-primary').count()).toBe(1);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('the administrator imports the Bank of Russia’s file of today, and every balance’s equivalents change', async () => {
    const customer = await open();
    await signIn(customer.page, 'office@nordwind.example');
    const before = await equivalentsOf(customer.page);
    const { context, page, complaints } = await open();
    await signIn(page, 'admin@kabinet.example');
    expect(new URL(page.url()).pathname).toBe('/staff');
    await page.goto('/staff/rates');
    const [year, month, day] = demo.world.clock.today().split('-');
    const file = fs.readFileSync(CBR, 'latin1').replace('13.12.2025', `${day}.${month}.${year}`);
    const buffer = Buffer.from(file, 'latin1');
    await page.setInputFiles('#file', { name: 'XML_daily.xml', mimeType: 'text/xml', buffer });
    await page.click('form[action="/staff/rates/imports"] button');
    await page.locator('.flash-success').waitFor();
    await expect
      .poll(async () => {
        await customer.page.reload();
        const after = await equivalentsOf(customer.page);
        return after.every((amount, index) => amount !== before[index]);
      })
      .toBe(true);
    expect([...complaints, ...customer.complaints]).toEqual([]);
    await context.close();
    await customer.context.close();
  });

  it('lists follow as one types, the address follows them, and ticks stay (O2)', async () => {
    const { context, page, complaints } = await open();
    await signIn(page, 'anna@kabinet.example');
    await page.goto('/orders');
    await page.fill('#q', 'nvme');
    await page.waitForURL('**/orders?*q=nvme*');
    await expect
      .poll(() => page.locator('tr[data-id]').evaluateAll((rows) => rows.every((row) => /NVMe/.test(row.textContent))))
      .toBe(true);
    await page.goto('/invoices?status=unpaid&kind=service');
    await page.locator('input[name=invoice]').first().check();
    await page.fill('#q', 'INV');
    await page.waitForURL('**/invoices?*q=INV*');
    expect(await page.locator('input[name=invoice]:checked').count()).toBe(1);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('what was typed into a filter is kept by the choice of columns, and of language (O3)', async () => {
    const { context, page, complaints } = await open();
    await signIn(page, 'anna@kabinet.example');
    await page.goto('/orders');
    await page.fill('#q', 'nvme');
    await page.waitForURL('**/orders?*q=nvme*');
    await page.click('.tools details summary');
    await page.check('.tools input[value=comment]');
    await page.click('.tools form[action="/orders/columns"] button');
    await page.locator('#list thead th', { hasText: 'Comment' }).waitFor();
    expect(await page.inputValue('#q')).toBe('nvme');
    await page.fill('#q', 'vps');
    await page.waitForURL('**/orders?*q=vps*');
    await page.click('.user-menu > summary');
    await page.click('.user-menu button[value=ru]');
    await page.locator('html[lang=ru]').waitFor();
    expect(await page.inputValue('#q')).toBe('vps');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('says at once what would be refused, and typing in one field fills the others (T1)', async () => {
    const { context, page, complaints } = await open();
    await signIn(page, 'anna@kabinet.example');
    await page.goto('/top-ups/new');
    await page.fill('#amount-JPY', '10000');
    expect(await page.inputValue('#currency')).toBe('JPY');
    expect(await page.inputValue('#amount')).toBe('10000');
    const euros = await page.inputValue('#amount-EUR');
    await page.fill('#amount-EUR', euros);
    expect(await page.inputValue('#amount-JPY')).toMatch(/^(9,99\d|10,000)$/);
    await page.fill('#amount-EUR', '0.50');
    expect(await page.textContent('[data-typed-error]')).toContain('From €1.00');
    expect(await page.locator('[data-summary]').isVisible()).toBe(false);
    await page.fill('#amount-EUR', 'abc');
    expect(await page.getAttribute('#amount-EUR', 'aria-invalid')).toBe('true');
    expect(complaints).toEqual([]);
    await context.close();
  });
});

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
    async (email, paths) => {
      const { context, page, complaints } = await open({ locale, colorScheme, bypassCSP: false });
      await signIn(page, email, locale);
      for (const listed of paths) {
        const address = listed.replace('ACTIVE', String(active));
        for (const width of [1280, 390, 360]) {
          await page.setViewportSize({ width, height: 860 });
          await page.goto(address);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          expect(`${address} at ${width}: ${overflow}`).toBe(`${address} at ${width}: 0`);
          const name = `${email.split('@')[0]}${address.replace(/\W+/g, '-')}-${width}-${locale}.png`;
          if (width !== 360) await page.screenshot({ path: path.join(SHOTS, name), fullPage: true });
          if (width !== 390) expect(await axeFindings(page, address)).toEqual([]);
        }
      }
      expect(complaints).toEqual([]);
      await context.close();
    },
    180_000,
  );
});

it('the sign-in page has no axe finding', async () => {
  const { context, page, complaints } = await open();
  await page.goto('/login');
  expect(await axeFindings(page, '/login')).toEqual([]);
  expect(complaints).toEqual([]);
  await context.close();
});

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
