import { afterAll, beforeAll, describe, it } from 'vitest';
import { DemoInBrowser, signIn } from '../support/demo-in-browser.ts';
import { expectInvariants } from '../support/invariants.ts';
import {
  changePlanDownAndUp,
  downloadInvoice,
  endWithPeriodAndKeep,
  placeLargeOrder,
  readMailAboutIt,
  renewWithAnother,
  topUpWhatIsMissing,
} from './order-steps.ts';

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
    ends: 'It runs until then',
    mail: (id: string) => `Order ${id} is active`,
  },
  ru: {
    active: 'Активен',
    paid: 'Оплачен',
    ends: 'До этого дня он работает',
    mail: (id: string) => `Заказ ${id} активирован`,
  },
};

describe.each([
  { locale: 'en', width: 1280, colorScheme: 'light', javaScriptEnabled: true },
  { locale: 'ru', width: 390, colorScheme: 'dark', javaScriptEnabled: true },
  { locale: 'en', width: 390, colorScheme: 'light', javaScriptEnabled: false },
] as const)(
  'the life of an order by clicks, in $locale at $width px, JavaScript: $javaScriptEnabled',
  ({ locale, width, colorScheme, javaScriptEnabled }) => {
    it('goes from its placing to its mails and its printed invoice', async () => {
      const options = { locale, colorScheme, javaScriptEnabled, viewport: { width, height: 860 } };
      await demo.browse(options, async (page) => {
        const anna = { page, locale, javaScriptEnabled, words: WORDS[locale] };
        await signIn(page, 'anna@kabinet.example', locale);
        const order = await placeLargeOrder(anna);
        await topUpWhatIsMissing(anna, order);
        await renewWithAnother(anna, order);
        await changePlanDownAndUp(anna, order);
        await endWithPeriodAndKeep(anna, order);
        await readMailAboutIt(anna, order);
        await downloadInvoice(anna, order);
      });
    }, 120_000);
  },
);
