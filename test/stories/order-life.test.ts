import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoInBrowser, signIn } from '../support/demo-in-browser.ts';
import { expectInvariants } from '../support/invariants.ts';

let demo: DemoInBrowser;
beforeAll(async () => {
  demo = await DemoInBrowser.start();
}, 120_000);
afterAll(async () => {
  await expectInvariants(demo.world);
  await demo.close();
});

const WORDS = {
  en: {
    active: 'Active',
    paid: 'Paid',
    ends: 'stays in service',
    mail: (id: string) => `Order ${id} is in service`,
  },
  ru: {
    active: 'Активен',
    paid: 'Оплачен',
    ends: 'до этого дня он работает',
    mail: (id: string) => `Заказ ${id} работает`,
  },
};

describe.each([
  { locale: 'en', width: 1280, colorScheme: 'light', javaScriptEnabled: true },
  { locale: 'ru', width: 390, colorScheme: 'dark', javaScriptEnabled: true },
  { locale: 'en', width: 390, colorScheme: 'light', javaScriptEnabled: false },
] as const)(
  'the life of an order by clicks, in $locale at $width px, JavaScript: $javaScriptEnabled',
  ({ locale, width, colorScheme, javaScriptEnabled }) => {
    const words = WORDS[locale];

    it('ordered, topped up and paid in one go, renewed with another, its plan changed up and down, ended and kept, read of and printed', async () => {
      const { context, page, complaints } = await demo.open({
        locale,
        colorScheme,
        javaScriptEnabled,
        viewport: { width, height: 860 },
      });
      const unbroken = async () => {
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect([page.url(), overflow]).toEqual([page.url(), 0]);
      };
      await signIn(page, 'anna@kabinet.example', locale);

      // Order a large VPS for a year, with backups: more than the balance has.
      await page.goto('/catalog/vps');
      await page.click('tr[data-plan=vps-16-nvme] a.button');
      await page.check('#months-12');
      await page.check('input[name=option][value=backup]');
      if (javaScriptEnabled)
        expect(await page.locator('#summary-12 [data-total] data').getAttribute('value')).toBe('970.00');
      await page.fill('#hostname', 'big.example.com');
      await unbroken();
      await page.click('.button-wide');
      await page.waitForURL('**/invoices/*');
      const invoice = new URL(page.url()).pathname;
      expect(await page.locator('tfoot data').getAttribute('value')).toBe('970.00');
      const orderPath = (await page.locator('tbody a[href^="/orders/"]').first().getAttribute('href')) ?? '';
      const orderId = orderPath.split('/').at(-1) ?? '';

      // Top up exactly what is missing; the invoice pays itself.
      await page.click('.pay-column a.button-primary');
      await page.click('.summary-card button');
      await page.click('button[value=sandbox]');
      await page.click('button[value=pay]');
      await page.waitForURL(`**${invoice}`);
      expect(await page.textContent('.heading .badge')).toBe(words.paid);
      await page.goto(orderPath);
      expect(await page.textContent('.heading .badge')).toBe(words.active);
      expect(await page.locator('dl dd').first().textContent()).toMatch(/^185\.22\.60\.\d+$/);
      await unbroken();

      // Renew it together with another one.
      await page.goto(`/orders/renewals?order=${orderId}`);
      await page.selectOption(`select[name="order[${orderId}]"]`, '1');
      const other = page.locator('select[name^="order["]').first();
      await other.selectOption({ index: 1 });
      await page.click('.choose-bar .button-primary');
      await page.waitForURL('**/invoices/*');
      expect(await page.locator('tbody tr').count()).toBeGreaterThan(1);
      await page.locator('.cancel-box summary').click();
      await page.click('.cancel-box .button-danger');

      // Down: credited at once. Up again: by an invoice for the very same amount.
      const balance = async () => Number(await page.locator('#balance data').getAttribute('value'));
      const before = await balance();
      await page.goto(`${orderPath}/plan-change`);
      await page.click('tr[data-plan=vps-1] a.button');
      await unbroken();
      await page.click('.card .button-primary');
      await page.waitForURL(`**${orderPath}`);
      const credited = (await balance()) - before;
      expect(credited).toBeGreaterThan(800);
      await page.goto(`${orderPath}/plan-change?plan=vps-16-nvme`);
      await page.click('.card .button-primary');
      await page.waitForURL('**/invoices/*');
      await page.click('button[value=balance]');
      expect(await page.textContent('.heading .badge')).toBe(words.paid);
      expect(await balance()).toBeCloseTo(before, 2);

      // End it with its period, and keep it after all.
      await page.goto(`${orderPath}/cancellation`);
      await page.click('button[value=period_end]');
      await page.waitForURL(`**${orderPath}`);
      expect(await page.textContent('.alert-warn')).toContain(words.ends);
      await page.click('.alert-warn button');
      await expect.poll(() => page.locator('.alert-warn').count()).toBe(0);

      // What was written, and the invoice as a document.
      await page.goto('/dev/mail');
      await unbroken();
      await page.getByText(words.mail(orderId)).click();
      expect(await page.textContent('.mail-text')).toContain(orderPath);
      await page.goto(invoice);
      const download = page.waitForEvent('download');
      await page.click(`a[hreflang=${locale}][href$="locale=${locale}"]`);
      expect((await download).suggestedFilename()).toMatch(/^INV-\d{6}\.pdf$/);
      expect(complaints).toEqual([]);
      await context.close();
    }, 120_000);
  },
);
