import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { amountIn, expectNoSidewaysScrolling } from '../support/demo-in-browser.ts';
import { PASSWORD } from '../support/people.ts';

/** Somebody who has an account and nothing else. */
export interface Stranger {
  page: Page;
  email: string;
  javaScriptEnabled: boolean;
}

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJMguzotZ1GzBqhlSN8hA0A489Tn90lyJy1fcazMBZc9 anna@laptop';

/** From the first page of the catalogue, before signing in. */
export async function findAPlan({ page }: Stranger) {
  await page.goto('/catalog');
  await expectNoSidewaysScrolling(page);
  await page.click('main a[href="/catalog/vps"]');
  await expectNoSidewaysScrolling(page);
  await page.click('tr[data-plan=vps-2] a.button');
  await page.check('#months-3');
  await page.check('input[name=location][value=prague]');
  await page.fill('#hostname', 'first.example.com');
  await page.fill('#ssh_key', KEY);
  await expectNoSidewaysScrolling(page);
}

/** What was chosen is there after the sign-in. */
export async function orderAfterSignIn({ page, email }: Stranger) {
  await visibleButton(page, 'form[data-order-form] button[type=submit]:not([name])').click();
  await page.waitForURL('**/login?**');
  await page.fill('#email', email);
  await page.fill('#password', PASSWORD);
  await page.click('form[action="/login"] button[type=submit]');
  await page.waitForURL('**/orders/new?**');
  expect(await page.inputValue('#hostname')).toBe('first.example.com');
  expect(await page.isChecked('#months-3')).toBe(true);
  expect(await page.isChecked('input[name=location][value=prague]')).toBe(true);
  await visibleButton(page, 'form[data-order-form] button[value=now]').click();
  await page.waitForURL((url) => !url.pathname.startsWith('/orders/new'));
}

/** The payment that was refused waits for the missing fields. */
export async function fillInTheProfile({ page, javaScriptEnabled }: Stranger) {
  await page.locator('#profile-gate').waitFor();
  await expectNoSidewaysScrolling(page);
  await page.fill('#first_name', 'Nina');
  await page.fill('#last_name', 'Novak');
  await page.selectOption('#country', 'CZ');
  await page.fill('#city', 'Praha');
  await page.fill('#address', 'Dlouhá 1');
  await page.fill('#phone', 'later');
  await page.click('#profile-gate button[type=submit]');
  expect(await page.title()).toMatch(/^(Error|Ошибка): /);
  await page.fill('#phone', '+420 222 555 012');
  if (javaScriptEnabled) expect(await page.locator('#phone-error').count()).toBe(0);
  await page.click('#profile-gate button[type=submit]');
  await page.locator('#profile-gate').waitFor({ state: 'detached' });
}

/** The bank declines; the invoice says so and leads to the same payment. */
export async function payAfterADecline({ page }: Stranger) {
  if (new URL(page.url()).pathname.startsWith('/invoices')) await page.click('.pay-card a.button-primary');
  await page.click('.top-up-summary button');
  await page.click('button[value=sandbox]');
  await page.click('button[value=decline]');
  await page.waitForURL('**/invoices/*');
  await page.click('.alert-bad .actions a');
  await page.click('button[value=sandbox]');
  await page.click('button[value=pay]');
  await page.locator('.flash-success').waitFor();
  await page.click('.flash-success a');
  await page.waitForURL('**/orders/*');
}

export async function connect({ page }: Stranger) {
  expect(await page.textContent('.command code')).toMatch(/^ssh root@185\.22\.6\d\.\d+$/);
  expect(await page.textContent('.fingerprint')).toMatch(/^SHA256:/);
  await expectNoSidewaysScrolling(page);
}

/** Paid with a top-up of what the balance lacks. */
export async function addAnOption(stranger: Stranger) {
  const { page } = stranger;
  const order = pathOf(page);
  await page.click(`.keys a[href="${order}/options"]`);
  await page.check('input[name=option][value=backup]');
  await page.click('main form button[type=submit]');
  await expectNoSidewaysScrolling(page);
  await page.click('button[name=pay][value=now]');
  await topUp(stranger);
  await page.goto(order);
  expect(await page.textContent('.keys')).toMatch(/backups|копии/);
}

export async function renew(stranger: Stranger) {
  const { page } = stranger;
  const order = pathOf(page);
  const before = await page.locator('.keys time').first().getAttribute('datetime');
  await page.goto(`${order}/renewal`);
  await page.check('input[name=months][value="1"]');
  await page.click('button[name=pay][value=now]');
  await topUp(stranger);
  await page.goto(order);
  expect(await page.locator('.keys time').first().getAttribute('datetime')).not.toBe(before);
}

export async function changeToALargerPlan(stranger: Stranger) {
  const { page } = stranger;
  const order = pathOf(page);
  await page.goto(`${order}/plan-change`);
  await page.click('tr[data-plan=vps-4] a.button');
  await page.click('button[name=pay][value=now]');
  await topUp(stranger);
  await page.goto(order);
  expect(await page.textContent('.keys')).toContain('VPS-4');
}

export async function endAndKeep({ page }: Stranger) {
  const order = pathOf(page);
  await page.goto(`${order}/cancellation`);
  await page.click('button[value=period_end]');
  await page.waitForURL(`**${order}`);
  await page.click('.alert-warn button');
  await page.locator('.flash-success').waitFor();
  expect(await page.locator('.alert-warn').count()).toBe(0);
  expect(Number(await amountIn(page, '#balance'))).toBeGreaterThanOrEqual(0);
}

/** From the form that is filled in with what is missing. */
async function topUp({ page }: Stranger) {
  await page.waitForURL('**/top-ups/new?**');
  await page.click('.top-up-summary button');
  await page.click('button[value=sandbox]');
  await page.click('button[value=pay]');
  await page.locator('.flash-success').waitFor();
}

const pathOf = (page: Page) => new URL(page.url()).pathname;

/** On a phone the button stands in the bar at the foot, else beside the total. */
const visibleButton = (page: Page, selector: string) => page.locator(selector).locator('visible=true').first();
