import { addDays } from '../../src/platform/clock.ts';
import { runBilling } from '../../src/domain/billing/run-billing.ts';
import { DemoInBrowser } from '../support/demo-in-browser.ts';
import { expectInvariants } from '../support/invariants.ts';

/** The demo with a billing run to show: the one of the day before. */
export async function startDemo(): Promise<DemoInBrowser> {
  const demo = await DemoInBrowser.start();
  const { db, clock, config } = demo.world;
  await runBilling(db, clock, config.seller, { day: addDays(clock.today(), -1), startedBy: 'schedule' });
  return demo;
}

export async function closeDemo(demo: DemoInBrowser) {
  await expectInvariants(demo.world);
  await demo.close();
}
