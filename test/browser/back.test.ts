import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { amountIn, type DemoInBrowser, signIn } from '../support/demo-in-browser.ts';
import { closeDemo, startDemo } from '../stories/demo.ts';

let demo: DemoInBrowser;
beforeAll(async () => {
  demo = await startDemo();
}, 120_000);
afterAll(() => closeDemo(demo));

/** Away by a link, and back by the browser's button. */
async function leaveAndComeBack(page: Page) {
  await page.click('.brand');
  await page.waitForURL((url) => url.pathname === '/');
  await page.goBack();
}

/** @returns the other tab */
async function signOutElsewhere(page: Page): Promise<Page> {
  const elsewhere = await page.context().newPage();
  await elsewhere.goto('/');
  await elsewhere.click('.user-menu > summary');
  await elsewhere.click('form[action="/logout"] button');
  await elsewhere.waitForURL('**/login');
  return elsewhere;
}

describe('after Back a form shows what it charges', () => {
  it('the order form', () =>
    demo.browse({}, async (page) => {
      await signIn(page, 'anna@kabinet.example');
      await page.goto('/orders/new?plan=vps-2');
      await page.check('#months-12');
      await page.check('input[name=option][value=backup]');
      const total = await amountIn(page, '#summary-12 [data-total]');
      await leaveAndComeBack(page);
      await expect.poll(() => page.locator('input[name=months]:checked').getAttribute('value')).toBe('12');
      await expect
        .poll(() => page.locator('[data-order-summary]:not([hidden])').getAttribute('data-months'))
        .toBe('12');
      expect(await amountIn(page, '#summary-12 [data-total]')).toBe(total);
    }));

  it('the renewal of several orders', () =>
    demo.browse({}, async (page) => {
      await signIn(page, 'anna@kabinet.example');
      await page.goto('/orders/renewals');
      await page.locator('select[name^="order["]').last().selectOption({ index: 1 });
      await leaveAndComeBack(page);
      const chosen = await page
        .locator('select[name^="order["] option:checked')
        .evaluateAll((options) =>
          options.reduce((sum, option) => sum + Number((option as HTMLElement).dataset['price'] ?? 0), 0),
        );
      const shown = (await page.textContent('[data-renewals-total]')) ?? '';
      expect(Number(shown.replace(/[^\d.]/g, ''))).toBeCloseTo(chosen, 2);
    }));

  it('the list of invoices, with what was ticked on another page too (I7)', () =>
    demo.browse({}, async (page) => {
      await signIn(page, 'anna@kabinet.example');
      await page.goto('/invoices?per=10');
      const boxes = page.locator('input[name=invoice]');
      await boxes.nth(0).check();
      await boxes.nth(1).check();
      await page.click('a[rel=next]');
      await page.waitForURL('**page=2*');
      expect(await page.textContent('[data-sum] b')).toBe('2 selected');
      await page.goBack();
      await expect.poll(() => page.locator('input[name=invoice]:checked').count()).toBe(2);
      await page.click('.selection button[type=submit]');
      await page.waitForURL('**/invoices/payment?*');
      expect(await page.locator('tr[data-id]').count()).toBe(2);
      await page.locator('tr[data-id] a', { hasText: 'Remove' }).first().click();
      await expect.poll(() => page.locator('tr[data-id]').count()).toBe(1);
    }));

  it('the top-up form', () =>
    demo.browse({}, async (page) => {
      await signIn(page, 'anna@kabinet.example');
      await page.goto('/top-ups/new');
      await page.fill('#amount-USD', '50');
      await page.click('.top-up-summary button');
      await page.waitForURL('**/invoices/*');
      await page.goBack();
      await expect.poll(() => page.inputValue('#amount-USD')).toBe('50');
      expect([await page.inputValue('input[name=amount]'), await page.inputValue('input[name=currency]')]).toEqual([
        '50',
        'USD',
      ]);
      expect(await amountIn(page, '[data-pay]')).toBe('50.00');
    }));
});

describe('what was typed', () => {
  it('is there again when the session was ended and begun again elsewhere, and is sent once more', () =>
    demo.browse({}, async (page) => {
      await signIn(page, 'anna@kabinet.example');
      await page.goto('/profile');
      await page.fill('#city', 'Gdańsk');
      const elsewhere = await signOutElsewhere(page);
      await signIn(elsewhere, 'anna@kabinet.example');
      await page.click('form[action="/profile"] button.button-primary');
      await page.locator('.flash').waitFor();
      expect(await page.textContent('.flash')).toContain('submit it again');
      expect(await page.inputValue('#city')).toBe('Gdańsk');
    }));

  it('is there again after the sign-in, when the session had ended meanwhile', () =>
    demo.browse({}, async (page) => {
      await signIn(page, 'anna@kabinet.example');
      await page.goto('/profile');
      await page.fill('#city', 'Sopot');
      await signOutElsewhere(page);
      await page.click('form[action="/profile"] button.button-primary');
      await page.waitForURL('**/login*');
      await page.fill('#email', 'anna@kabinet.example');
      await page.fill('#password', 'kabinet-demo-2026');
      await page.click('form[action="/login"] button[type=submit]');
      await page.waitForURL('**/profile');
      await expect.poll(() => page.inputValue('#city')).toBe('Sopot');
    }));
});
