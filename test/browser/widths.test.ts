import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoInBrowser, signIn } from '../support/demo-in-browser.ts';
import { closeDemo, startDemo } from '../stories/demo.ts';
import { everyPage } from './pages.ts';

const WIDTHS = [320, 360, 390, 600, 768, 820, 960, 1024, 1280, 1920];

let demo: DemoInBrowser;
let pages: Record<string, string[]>;
beforeAll(async () => {
  demo = await startDemo();
  // With every column that there is.
  await demo.world.db('users').update({ order_columns: ['hostname', 'comment', 'created'] });
  pages = await everyPage(demo.world);
}, 120_000);
afterAll(() => closeDemo(demo));

describe.each(['en', 'ru'] as const)('no page scrolls sideways in %s', (locale) => {
  it.each(['anna@kabinet.example', 'new@kabinet.example', 'ivan@kabinet.example', 'admin@kabinet.example'])(
    'at any width from 320 to 1920 px, with all columns, for %s',
    (email) =>
      demo.browse({ locale }, async (page) => {
        await signIn(page, email, locale);
        const found: string[] = [];
        for (const address of pages[email] ?? []) {
          await page.goto(address);
          for (const width of WIDTHS) found.push(...(await overflowAt(page, width)));
        }
        expect(found).toEqual([]);
      }),
    240_000,
  );
});

/** What is wider than the window, by address and width. */
async function overflowAt(page: Page, width: number): Promise<string[]> {
  await page.setViewportSize({ width, height: 860 });
  const beyond = await page.evaluate(() => {
    if (document.documentElement.scrollWidth <= window.innerWidth) return null;
    const wide = [...document.querySelectorAll('main *')].filter(
      (element) => element.getBoundingClientRect().right > window.innerWidth + 1,
    );
    return wide.slice(0, 3).map((element) => `${element.tagName}.${element.getAttribute('class')}`);
  });
  return beyond ? [`${width} ${page.url()} ${beyond.join(' ')}`] : [];
}
