import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { amountIn, statusOf } from '../support/demo-in-browser.ts';

/** A customer at the browser, and what they read in their language. */
export interface Payer {
  page: Page;
  locale: 'en' | 'ru';
  javaScriptEnabled: boolean;
  words: { paid: string; confirm: string };
}

/** The balance in other currencies, as the menu of the page shows it. */
export const equivalentsOf = (page: Page) => valuesIn(page, '.balance-menu .equivalent data');

/** 50 USD: the balance, and what it is worth in other currencies, grow by what was quoted. */
export async function topUpAtBank(payer: Payer) {
  const { page, words } = payer;
  const before = await amountIn(page, '#balance');
  const equivalentsBefore = await equivalentsOf(page);
  await page.click('.balance-add');
  await typeAmount(payer);
  await page.click('.top-up-summary button');
  const quoted = await amountIn(page, 'dd[data-credit]');
  expect(quoted).toBe('46.70');
  await page.click('button[value=sandbox]');
  expect(await page.textContent('h1')).toBe(words.confirm);
  await page.click('button[value=pay]');
  expect(await statusOf(page)).toBe(words.paid);
  const after = await amountIn(page, '#balance');
  expect(cents(after) - cents(before)).toBe(cents(quoted));
  const equivalentsAfter = await equivalentsOf(page);
  equivalentsAfter.forEach((amount, index) => expect(Number(amount)).toBeGreaterThan(Number(equivalentsBefore[index])));
}

/** Where scripts run, each currency has a field, which fills the others. */
async function typeAmount({ page, locale, javaScriptEnabled }: Payer) {
  if (javaScriptEnabled) {
    await page.fill('#amount-USD', '50');
    expect(await page.inputValue('#amount-EUR')).toBe(locale === 'ru' ? '46,70' : '46.70');
    expect(await amountIn(page, '[data-credited]')).toBe('46.70');
  } else {
    await page.fill('#amount', '50');
    await page.selectOption('#currency', 'USD');
  }
}

/** The order that ends first; it is extended by a month at least. */
export async function renewNextOrder({ page, words }: Payer) {
  await page.goto('/orders?status=active&sort=paid_until&dir=asc&per=100');
  const row = page.locator('tr[data-id]:has(.row-actions > a)').first();
  const orderId = await row.getAttribute('data-id');
  const paidUntil = await row.locator('time').first().getAttribute('datetime');
  await row.locator('.row-actions > a').click();
  await page.click('button[value=balance]');
  expect(await statusOf(page)).toBe(words.paid);
  await page.goto(`/orders/${orderId}`);
  const moved = await page.locator('dl time').first().getAttribute('datetime');
  expect(Date.parse(moved ?? '') - Date.parse(paidUntil ?? '')).toBeGreaterThan(27 * 86_400_000);
}

/** The newest line ends with the balance that the header shows. */
export async function compareStatementWithBalance({ page }: Payer) {
  await page.goto('/balance');
  const [, balanceAfter] = await valuesIn(page, '#list tbody tr:first-child data');
  expect(balanceAfter).toBe(await amountIn(page, '#balance'));
}

/** Afterwards every page asks to sign in again. */
export async function signOut({ page }: Payer) {
  await page.click('.user-menu > summary');
  await page.click('form[action="/logout"] button');
  await page.waitForURL('**/login');
  await page.goto('/orders');
  expect(new URL(page.url()).pathname).toBe('/login');
}

const valuesIn = (page: Page, selector: string) =>
  page.locator(selector).evaluateAll((all) => all.map((data) => data.getAttribute('value')));

const cents = (amount: string) => Math.round(Number(amount) * 100);
