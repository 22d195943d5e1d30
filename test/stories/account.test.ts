import { afterAll, beforeAll, describe, it } from 'vitest';
import type { DemoInBrowser } from '../support/demo-in-browser.ts';
import {
  changeTheEmailAndTakeItBack,
  fillInTheProfile,
  FIRST_PASSWORD,
  inviteABookkeeper,
  orderForLater,
  registerAndConfirm,
  SECOND_PASSWORD,
  setUpAFactor,
  signInWithoutThePhone,
} from './account-steps.ts';
import { closeDemo, startDemo } from './demo.ts';

let demo: DemoInBrowser;
beforeAll(async () => {
  demo = await startDemo();
}, 120_000);
afterAll(() => closeDemo(demo));

describe.each([
  { locale: 'en', width: 1280, javaScriptEnabled: true },
  { locale: 'ru', width: 390, javaScriptEnabled: true },
  { locale: 'en', width: 390, javaScriptEnabled: false },
] as const)(
  'an account by clicks, in $locale at $width px, JavaScript: $javaScriptEnabled',
  ({ locale, width, javaScriptEnabled }) => {
    it('is opened, confirmed and protected; a bookkeeper pays and cannot order; the phone is lost; the e-mail is taken back', async () => {
      const options = { locale, javaScriptEnabled, viewport: { width, height: 860 } };
      await demo.browse(options, async (page) => {
        const email = `nina-${locale}-${width}@example.com`;
        const newcomer = { world: demo.world, page, email, password: FIRST_PASSWORD };
        await registerAndConfirm(newcomer);
        await fillInTheProfile(newcomer);
        const [first = '', second = ''] = await setUpAFactor(newcomer);
        const invoice = await orderForLater(newcomer);
        await inviteABookkeeper(newcomer, demo.browser, invoice);
        await signInWithoutThePhone(newcomer, first);
        await changeTheEmailAndTakeItBack(newcomer);
        await signInWithoutThePhone({ ...newcomer, password: SECOND_PASSWORD }, second);
      });
    });
  },
);
