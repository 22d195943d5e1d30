import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoInBrowser, signIn } from '../support/demo-in-browser.ts';
import { compareStatementWithBalance, equivalentsOf, renewNextOrder, signOut, topUpAtBank } from './job-steps.ts';
import { closeDemo, startDemo } from './demo.ts';

const CBR = path.join(import.meta.dirname, '../../seeds/rates/cbr-XML_daily-2025-12-13.xml');

let demo: DemoInBrowser;
beforeAll(async () => {
  demo = await startDemo();
}, 120_000);
afterAll(() => closeDemo(demo));

const WORDS = {
  en: { paid: 'Paid', confirm: 'Confirm the payment' },
  ru: { paid: 'Оплачен', confirm: 'Подтвердите платёж' },
};

describe.each([
  { locale: 'en', width: 1280, colorScheme: 'light', javaScriptEnabled: true },
  { locale: 'ru', width: 390, colorScheme: 'dark', javaScriptEnabled: true },
  { locale: 'ru', width: 1280, colorScheme: 'light', javaScriptEnabled: false },
  { locale: 'en', width: 390, colorScheme: 'dark', javaScriptEnabled: false },
] as const)(
  'the main job by clicks, in $locale at $width px, $colorScheme, JavaScript: $javaScriptEnabled',
  ({ locale, width, colorScheme, javaScriptEnabled }) => {
    it('sign in, top up 50 USD at the bank, pay a renewal, see the order extended, sign out', async () => {
      const options = { locale, colorScheme, javaScriptEnabled, viewport: { width, height: 860 } };
      await demo.browse(options, async (page) => {
        const anna = { page, locale, javaScriptEnabled, words: WORDS[locale] };
        await signIn(page, 'anna@kabinet.example', locale);
        await topUpAtBank(anna);
        await renewNextOrder(anna);
        await compareStatementWithBalance(anna);
        await signOut(anna);
      });
    });
  },
);

describe('the rest of the main job by clicks', () => {
  it('a customer who fills in the missing fields is back at the payment that was refused (P2)', () =>
    demo.browse({ locale: 'ru' }, async (page) => {
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
      expect(await page.locator('.pay-card .button-primary').count()).toBe(1);
    }));

  it('an import of the Bank of Russia’s file changes the equivalents of every balance', async () => {
    await demo.browse({}, async (customer) => {
      await signIn(customer, 'office@nordwind.example');
      const before = await equivalentsOf(customer);
      await demo.browse({}, importRatesOfToday);
      await expect
        .poll(async () => {
          await customer.reload();
          const after = await equivalentsOf(customer);
          return after.every((amount, index) => amount !== before[index]);
        })
        .toBe(true);
    });
  });
});

/** The Bank of Russia's file, dated today, by the administrator. */
async function importRatesOfToday(page: Page) {
  await signIn(page, 'admin@kabinet.example');
  expect(new URL(page.url()).pathname).toBe('/staff');
  await page.goto('/staff/rates');
  const [year, month, day] = demo.world.clock.today().split('-');
  const file = fs.readFileSync(CBR, 'latin1').replace('13.12.2025', `${day}.${month}.${year}`);
  const buffer = Buffer.from(file, 'latin1');
  await page.setInputFiles('#file', { name: 'XML_daily.xml', mimeType: 'text/xml', buffer });
  await page.click('form[action="/staff/rates/imports"] button');
  await page.locator('.flash-success').waitFor();
}
