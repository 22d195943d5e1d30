import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { amountIn, type DemoInBrowser, signIn } from '../support/demo-in-browser.ts';
import { closeDemo, startDemo } from '../stories/demo.ts';

let demo: DemoInBrowser;
beforeAll(async () => {
  demo = await startDemo();
}, 120_000);
afterAll(() => closeDemo(demo));

const sent = 'form[data-top-up] input[type=hidden]:is([name=amount], [name=currency])';

describe('the top-up form by keyboard', () => {
  it('pays what was typed, however often one passes over the other currencies (T1, WCAG 3.2.1)', () =>
    demo.browse({}, async (page) => {
      await signIn(page, 'anna@kabinet.example');
      await page.goto('/top-ups/new');
      await page.locator('#amount-EUR').focus();
      await page.keyboard.type('34.50');
      for (let presses = 0; presses < 20; presses++) await page.keyboard.press('Tab');
      const values = () =>
        page.locator(sent).evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value));
      expect(await values()).toEqual(['34.50', 'EUR']);
      expect(await amountIn(page, '[data-pay]')).toBe('34.50');
      expect(await amountIn(page, '[data-credited]')).toBe('34.50');
    }));

  it('marks another currency to pay in, and back again to the very amount that was typed (C6)', () =>
    demo.browse({}, async (page) => {
      await signIn(page, 'anna@kabinet.example');
      await page.goto('/top-ups/new');
      await page.fill('#amount-EUR', '34.50');
      for (const currency of ['GBP', 'JPY', 'KZT', 'PLN']) {
        await page.check(`input[name=pay_in][value=${currency}]`);
        expect(await page.inputValue('input[name=currency]')).toBe(currency);
      }
      await page.check('input[name=pay_in][value=EUR]');
      expect(await page.inputValue('input[name=amount]')).toBe('34.50');
      expect(await amountIn(page, '[data-credited]')).toBe('34.50');
    }));

  it('is named by what is seen, and says what is paid where it is heard', () =>
    demo.browse({}, async (page) => {
      await signIn(page, 'anna@kabinet.example');
      await page.goto('/top-ups/new');
      await page.getByRole('textbox', { name: 'EUR Euro' }).fill('50');
      const live = page.locator('[data-summary][aria-live=polite]');
      expect(await live.textContent()).toContain('€50.00');
      await page.getByRole('textbox', { name: 'EUR Euro' }).fill('abc');
      expect(await page.getByRole('alert').textContent()).toContain('digits');
    }));

  it('says when it is too little for the invoice that it is made for (I6)', () =>
    demo.browse({}, async (page) => {
      await signIn(page, 'new@kabinet.example');
      const { db } = demo.world;
      const customerId = await demo.world.customerIdOf('new@kabinet.example');
      await db('customers').where({ id: customerId }).update({
        first_name: 'Nina',
        last_name: 'K',
        country: 'PL',
        city: 'Gdynia',
        address: 'A 1',
        phone: '+48 58 1',
      });
      await page.goto('/orders/new?plan=vps-2');
      await page.fill('#hostname', 'a.example.com');
      await page.click('form[data-order-form] button[value=later]');
      await page.click('.pay-card a.button-primary');
      const total = Number(await amountIn(page, '[data-pay]'));
      expect(await page.textContent('[data-purpose]')).toContain('as soon as your payment arrives');
      await page.fill('#amount-EUR', '2');
      expect(await page.textContent('[data-purpose]')).toContain(`€${(total - 2).toFixed(2)} too little`);
    }));
});

describe('a payment at the bank', () => {
  it('that is declined, waits or succeeds is told on the invoice it was for, with the same top-up (T4)', () =>
    demo.browse({}, async (page) => {
      await signIn(page, 'office@nordwind.example');
      const customerId = await demo.world.customerIdOf('office@nordwind.example');
      const placed = await demo.world.placeOrder({ customerId } as Parameters<typeof demo.world.placeOrder>[0], {
        plan: 'ds-storage-60',
        hostname: 'backup.nordwind.example',
      });
      const invoice = `/invoices/${placed.invoice.id}`;
      await page.goto(invoice);
      await page.click('.pay-card a.button-primary');
      await page.click('.top-up-summary button');
      await page.click('button[value=sandbox]');
      await page.click('button[value=decline]');
      await page.waitForURL(`**${invoice}`);
      expect(await page.textContent('.alert-bad')).toContain('Nothing was charged');
      await page.click('.alert-bad .actions a');
      const topUp = page.url();
      await page.click('button[value=sandbox]');
      await page.click('button[value=later]');
      await page.waitForURL(`**${invoice}`);
      expect(await page.textContent('.alert-info')).toContain('pay this invoice when it arrives');
      await page.click('.alert-info .actions a');
      expect(page.url()).toBe(topUp);
      await page.click('.another-way summary');
      await page.click('button[value=sandbox]');
      await page.click('button[value=pay]');
      await page.waitForURL(`**${invoice}`);
      expect(await page.textContent('.flash-success')).toContain('received. backup.nordwind.example is being set up.');
    }));
});
