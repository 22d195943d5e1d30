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

describe.each(['en', 'ru'] as const)(
  'no page scrolls sideways, and nothing in a row covers another, in %s',
  (locale) => {
    it.each(['anna@kabinet.example', 'new@kabinet.example', 'ivan@kabinet.example', 'admin@kabinet.example'])(
      'at any width from 320 to 1920 px, with all columns, for %s',
      (email) =>
        demo.browse({ locale }, async (page) => {
          await signIn(page, email, locale);
          const found: string[] = [];
          for (const address of pages[email] ?? []) {
            await page.goto(address);
            for (const width of WIDTHS) {
              await page.setViewportSize({ width, height: 860 });
              const faults = [...(await beyondWindow(page)), ...(await coveredInRows(page))];
              found.push(...faults.map((fault) => `${width} ${address} ${fault}`));
            }
          }
          expect(found).toEqual([]);
        }),
      240_000,
    );
  },
);

/** What is wider than the window. */
const beyondWindow = (page: Page) =>
  page.evaluate(() => {
    if (document.documentElement.scrollWidth <= window.innerWidth) return [];
    const wide = [...document.querySelectorAll('main *')].filter(
      (element) => element.getBoundingClientRect().right > window.innerWidth + 1,
    );
    return ['is too wide', ...wide.slice(0, 3).map((element) => `${element.tagName}.${element.getAttribute('class')}`)];
  });

/** The cells of a row whose words or controls cover those of another. */
const coveredInRows = (page: Page) =>
  page.evaluate(() => {
    const drawn = (cell: Element) => {
      const rects = [...cell.querySelectorAll('a, button, input, select, summary, .badge')]
        .filter((element) => element.checkVisibility())
        .map((element) => element.getBoundingClientRect());
      const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        if (!text.parentElement?.checkVisibility() || text.parentElement.closest('.visually-hidden')) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        rects.push(...range.getClientRects());
      }
      return rects;
    };
    const cover = (a: DOMRect, b: DOMRect) =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
    const found: string[] = [];
    for (const row of document.querySelectorAll('main tbody tr')) {
      const cells = [...row.children]
        .filter((cell) => getComputedStyle(cell).visibility === 'visible')
        .map((cell) => ({ name: cell.getAttribute('class') ?? cell.tagName, rects: drawn(cell) }));
      for (const [index, one] of cells.entries())
        for (const other of cells.slice(index + 1))
          if (one.rects.some((a) => other.rects.some((b) => cover(a, b))))
            found.push(`${one.name} covers ${other.name}: ${row.textContent?.replaceAll(/\s+/g, ' ').slice(0, 60)}`);
    }
    return found.slice(0, 3);
  });
