import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoInBrowser, signIn } from '../support/demo-in-browser.ts';
import { closeDemo, startDemo } from './demo.ts';

let demo: DemoInBrowser;
beforeAll(async () => {
  demo = await startDemo();
}, 120_000);
afterAll(() => closeDemo(demo));

describe('lists and forms while one types', () => {
  it('lists follow as one types, the address follows them, and ticks stay (O2)', () =>
    demo.browse({}, async (page) => {
      await signIn(page, 'anna@kabinet.example');
      await page.goto('/orders');
      await page.fill('#q', 'nvme');
      await page.waitForURL('**/orders?*q=nvme*');
      await expect
        .poll(() =>
          page.locator('tr[data-id]').evaluateAll((rows) => rows.every((row) => /NVMe/.test(row.textContent))),
        )
        .toBe(true);
      await page.goto('/invoices?status=unpaid&kind=service');
      await page.locator('input[name=invoice]').first().check();
      await page.fill('#q', 'INV');
      await page.waitForURL('**/invoices?*q=INV*');
      expect(await page.locator('input[name=invoice]:checked').count()).toBe(1);
    }));

  it('what was typed into a filter is kept by the choice of columns, and of language (O3)', () =>
    demo.browse({}, async (page) => {
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
    }));

  it('says at once what would be refused, and typing in one field fills the others (T1)', () =>
    demo.browse({}, async (page) => {
      await signIn(page, 'anna@kabinet.example');
      await page.goto('/top-ups/new');
      await page.fill('#amount-JPY', '10000');
      expect(await page.inputValue('input[name=currency]')).toBe('JPY');
      expect(await page.inputValue('input[name=amount]')).toBe('10000');
      const euros = await page.inputValue('#amount-EUR');
      await page.fill('#amount-EUR', euros);
      expect(await page.inputValue('#amount-JPY')).toMatch(/^(9,99\d|10,000)$/);
      await page.fill('#amount-EUR', '0.50');
      expect(await page.textContent('[data-typed-error]')).toContain('Between €1.00');
      expect(await page.textContent('[data-credited]')).toBe('—');
      await page.fill('#amount-EUR', 'abc');
      expect(await page.getAttribute('#amount-EUR', 'aria-invalid')).toBe('true');
    }));
});
