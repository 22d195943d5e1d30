import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoInBrowser, signIn } from '../support/demo-in-browser.ts';
import { closeDemo, startDemo } from '../stories/demo.ts';

let demo: DemoInBrowser;
beforeAll(async () => {
  demo = await startDemo();
}, 120_000);
afterAll(() => closeDemo(demo));

/** A window of 1280 × 900 at 200 and 400 %, and a phone held sideways. */
const WINDOWS = [
  { name: '200 %', width: 640, height: 450 },
  { name: '400 %', width: 320, height: 225 },
  { name: 'a phone held sideways', width: 844, height: 390 },
];

describe.each(['en', 'ru'] as const)('every menu in %s', (locale) => {
  it.each(WINDOWS)('can be read to its last item by keyboard at $name', ({ width, height }) =>
    demo.browse({ locale, viewport: { width, height } }, async (page) => {
      await signIn(page, 'anna@kabinet.example', locale);
      await page.goto('/orders');
      const menus = page.locator('details[data-menu]:visible');
      const count = await menus.count();
      expect(count).toBeGreaterThan(20);
      for (const index of [0, 1, 2, Math.floor(count / 2), count - 1]) await reachLastItem(page, menus.nth(index));
    }),
  );
});

/** Opens the menu, goes to its last item by Tab, and sees it. */
async function reachLastItem(page: Page, menu: Locator) {
  await menu.locator('summary').focus();
  await page.keyboard.press('Enter');
  const items = menu.locator('.menu-panel :is(a, button, input:not([type=hidden])):visible');
  const last = items.last();
  for (let presses = await items.count(); presses > 0; presses--) await page.keyboard.press('Tab');
  expect(await last.evaluate((item) => item === document.activeElement)).toBe(true);
  const seen = await last.evaluate((item) => {
    const { top, bottom, left, right } = item.getBoundingClientRect();
    const within = top >= 0 && bottom <= window.innerHeight + 1 && left >= 0 && right <= window.innerWidth + 1;
    const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return within && there !== null && (item.contains(there) || there.contains(item));
  });
  expect([await last.textContent(), seen]).toEqual([await last.textContent(), true]);
  await page.keyboard.press('Escape');
}

describe('in forced colours', () => {
  it('what is chosen and where one is can be told without a colour of ours', () =>
    demo.browse({ forcedColors: 'active' }, async (page) => {
      await signIn(page, 'anna@kabinet.example');
      const outlineOf = (selector: string) =>
        page
          .locator(selector)
          .first()
          .evaluate((element) => getComputedStyle(element).outlineStyle);
      await page.goto('/orders');
      expect(await outlineOf('.nav-wide [aria-current=page]')).toBe('solid');
      expect(await outlineOf('.badge')).toBe('solid');
      await page.goto('/top-ups/new?amount=50&currency=USD');
      expect(await outlineOf('.amount:has([type=radio]:checked)')).toBe('solid');
    }));
});
