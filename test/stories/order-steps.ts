import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { amountIn, expectNoSidewaysScrolling, statusOf } from '../support/demo-in-browser.ts';

/** Somebody who orders, and what they read in their language. */
export interface Buyer {
  page: Page;
  locale: 'en' | 'ru';
  javaScriptEnabled: boolean;
  words: {
    active: string;
    paid: string;
    ends: string;
    mail: (orderId: string) => string;
  };
}

/** An order, by the addresses of its page and of its first invoice. */
export interface PlacedOrder {
  id: string;
  path: string;
  invoicePath: string;
}

/** A large VPS for a year, with backups: more than the balance has. */
export async function placeLargeOrder({ page, javaScriptEnabled }: Buyer): Promise<PlacedOrder> {
  await page.goto('/catalog/vps');
  await page.click('tr[data-plan=vps-16-nvme] a.button');
  await page.check('#months-12');
  await page.check('input[name=option][value=backup]');
  if (javaScriptEnabled) expect(await amountIn(page, '#summary-12 [data-total]')).toBe('970.00');
  await page.fill('#hostname', 'big.example.com');
  await expectNoSidewaysScrolling(page);
  await page.click('form[data-order-form] button[value=later]');
  await page.waitForURL('**/invoices/*');
  expect(await amountIn(page, '.sums')).toBe('970.00');
  const path = (await page.locator('tbody a[href^="/orders/"]').first().getAttribute('href')) ?? '';
  return { id: path.split('/').at(-1) ?? '', path, invoicePath: new URL(page.url()).pathname };
}

/** From the invoice's page; with that the invoice pays itself, and the order is in service. */
export async function topUpWhatIsMissing({ page, words }: Buyer, { path, invoicePath }: PlacedOrder) {
  await page.click('.pay-card a.button-primary');
  await page.click('.top-up-summary button');
  await page.click('button[value=sandbox]');
  await page.click('button[value=pay]');
  await page.waitForURL(`**${invoicePath}`);
  expect(await page.textContent('.flash-success')).toContain('big.example.com');
  expect(await statusOf(page)).toBe(words.paid);
  await page.goto(path);
  expect(await statusOf(page)).toBe(words.active);
  expect(await page.locator('dl dd .mono').first().innerText()).toMatch(/^185\.22\.6\d\.\d+$/);
  await expectNoSidewaysScrolling(page);
}

/** One invoice for both, which is then cancelled. */
export async function renewWithAnother({ page }: Buyer, { id }: PlacedOrder) {
  await page.goto('/orders/renewals');
  await page.selectOption(`select[name="order[${id}]"]`, '1');
  const other = page.locator('select[name^="order["]').first();
  await other.selectOption({ index: 1 });
  await page.click('button[name=pay][value=later]');
  await page.waitForURL('**/invoices/*');
  expect(await page.locator('tbody tr').count()).toBeGreaterThan(1);
  await page.locator('.cancel-box summary').click();
  await page.click('.cancel-box .button-danger');
}

/** A smaller plan is credited at once; the larger one again costs an invoice for the very same amount. */
export async function changePlanDownAndUp({ page, words }: Buyer, { path }: PlacedOrder) {
  const balance = async () => Number(await amountIn(page, '#balance'));
  const before = await balance();
  await page.goto(`${path}/plan-change`);
  await page.click('tr[data-plan=vps-2] a.button');
  await expectNoSidewaysScrolling(page);
  await page.check('#smaller_disk');
  await page.click('.card .button-primary');
  await page.waitForURL(`**${path}`);
  const credited = (await balance()) - before;
  expect(credited).toBeGreaterThan(800);
  await page.goto(`${path}/plan-change?plan=vps-16-nvme`);
  await page.click('button[name=pay][value=later]');
  await page.waitForURL('**/invoices/*');
  await page.click('button[value=balance]');
  expect(await statusOf(page)).toBe(words.paid);
  expect(await balance()).toBeCloseTo(before, 2);
}

export async function endWithPeriodAndKeep({ page, words }: Buyer, { path }: PlacedOrder) {
  await page.goto(`${path}/cancellation`);
  await page.click('button[value=period_end]');
  await page.waitForURL(`**${path}`);
  expect(await page.textContent('.alert-warn')).toContain(words.ends);
  await page.click('.alert-warn button');
  await expect.poll(() => page.locator('.alert-warn').count()).toBe(0);
}

export async function readMailAboutIt({ page, words }: Buyer, { id, path }: PlacedOrder) {
  await page.goto('/dev/mail');
  await expectNoSidewaysScrolling(page);
  await page.getByText(words.mail(id)).click();
  expect(await page.textContent('.mail-text')).toContain(path);
}

export async function downloadInvoice({ page, locale }: Buyer, { invoicePath }: PlacedOrder) {
  await page.goto(invoicePath);
  const download = page.waitForEvent('download');
  await page.click(`a[hreflang=${locale}][href$="locale=${locale}"]`);
  expect((await download).suggestedFilename()).toMatch(/^INV-\d{6}-(en|ru)\.pdf$/);
}
