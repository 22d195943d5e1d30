import fs from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyPage } from '../browser/pages.ts';
import { type DemoInBrowser, expectNoSidewaysScrolling, signIn } from '../support/demo-in-browser.ts';
import { closeDemo, startDemo } from './demo.ts';

const SHOTS = path.join(import.meta.dirname, 'shots');

let demo: DemoInBrowser;
let pages: Record<string, string[]>;
beforeAll(async () => {
  fs.mkdirSync(SHOTS, { recursive: true });
  demo = await startDemo();
  pages = await everyPage(demo.world);
}, 120_000);
afterAll(() => closeDemo(demo));

describe.each([
  { locale: 'en', colorScheme: 'light' },
  { locale: 'ru', colorScheme: 'dark' },
] as const)('every page in $locale, $colorScheme', ({ locale, colorScheme }) => {
  it.each(['anna@kabinet.example', 'new@kabinet.example', 'ivan@kabinet.example', 'admin@kabinet.example'])(
    'of %s has no axe finding, no CSP violation, no console error and no layout break',
    (email) =>
      demo.browse({ locale, colorScheme, bypassCSP: false }, async (page) => {
        await signIn(page, email, locale);
        for (const address of pages[email] ?? []) {
          const name = `${email.split('@')[0]}${address.replace(/\W+/g, '-')}`;
          await expectGoodAtEveryWidth(page, address, (width) => `${name}-${width}-${locale}.png`);
        }
      }),
    180_000,
  );
});

const VISITORS = [
  '/login',
  '/register',
  '/password-resets',
  '/password-resets?sent=1',
  '/email-confirmations',
  '/catalog',
  '/catalog/vps?currency=KZT',
  '/catalog/dedicated',
  '/orders/new?plan=vps-2',
  '/nothing',
];

it.each([
  { locale: 'en', colorScheme: 'light' },
  { locale: 'ru', colorScheme: 'dark' },
] as const)('what is open to everybody has no axe finding and no layout break in $locale, $colorScheme', (options) =>
  demo.browse({ ...options, bypassCSP: false }, async (page) => {
    for (const address of VISITORS)
      await expectGoodAtEveryWidth(
        page,
        address,
        (width) => `visitor${address.replace(/\W+/g, '-')}-${width}-${options.locale}.png`,
      );
  }),
);

/** Looks at a page on a desk, a telephone and a small one, and keeps pictures of the first two. */
async function expectGoodAtEveryWidth(page: Page, address: string, pictureOf: (width: number) => string) {
  for (const width of [1280, 390, 360]) {
    await page.setViewportSize({ width, height: 860 });
    await page.goto(address);
    await expectNoSidewaysScrolling(page);
    if (width !== 360) await page.screenshot({ path: path.join(SHOTS, pictureOf(width)), fullPage: true });
    if (width !== 390) expect(await axeFindings(page, address)).toEqual([]);
  }
}

/** Run through the debugging protocol, which the page's policy does not concern. */
async function axeFindings(page: Page, address: string): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async (where) => {
    const { axe: tool } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await tool.run();
    return violations.map(({ id, nodes }) => `${where} ${id}: ${nodes[0]?.html.slice(0, 150)}`);
  }, address);
}
