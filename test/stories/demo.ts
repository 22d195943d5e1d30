import { DemoInBrowser } from '../support/demo-in-browser.ts';
import { expectInvariants } from '../support/invariants.ts';

/** The demo with a billing run to show: the one of the day before. */
export async function startDemo(): Promise<DemoInBrowser> {
  const demo = await DemoInBrowser.start();
  await demo.world.runCalendar(demo.world.daysFromToday(-1));
  return demo;
}

export async function closeDemo(demo: DemoInBrowser) {
  await expectInvariants(demo.world);
  await demo.close();
}
