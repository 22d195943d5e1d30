import { afterAll, beforeAll, describe, it } from 'vitest';
import type { DemoInBrowser } from '../support/demo-in-browser.ts';
import { closeDemo, startDemo } from './demo.ts';
import {
  addAnOption,
  changeToALargerPlan,
  connect,
  endAndKeep,
  fillInTheProfile,
  findAPlan,
  orderAfterSignIn,
  payAfterADecline,
  renew,
} from './newcomer-steps.ts';

let demo: DemoInBrowser;
beforeAll(async () => {
  demo = await startDemo();
}, 120_000);
afterAll(() => closeDemo(demo));

const EMPTY = { firstName: '', lastName: '', country: '', city: '', address: '', phone: '' };

describe.each([
  { locale: 'en', width: 1280, javaScriptEnabled: true },
  { locale: 'ru', width: 390, javaScriptEnabled: true },
  { locale: 'ru', width: 1280, javaScriptEnabled: false },
  { locale: 'en', width: 390, javaScriptEnabled: false },
] as const)(
  'a stranger by clicks, in $locale at $width px, JavaScript: $javaScriptEnabled',
  ({ locale, width, javaScriptEnabled }) => {
    it('finds a plan, signs in, orders, fills in the profile, pays at the second try, adds, renews, upgrades, and stays', async () => {
      const { email } = await demo.world.addCustomer({ locale, profile: EMPTY });
      const options = { locale, javaScriptEnabled, viewport: { width, height: 860 } };
      await demo.browse(options, async (page) => {
        const stranger = { page, email, javaScriptEnabled };
        await findAPlan(stranger);
        await orderAfterSignIn(stranger);
        await fillInTheProfile(stranger);
        await payAfterADecline(stranger);
        await connect(stranger);
        await addAnOption(stranger);
        await renew(stranger);
        await changeToALargerPlan(stranger);
        await endAndKeep(stranger);
      });
    });
  },
);
