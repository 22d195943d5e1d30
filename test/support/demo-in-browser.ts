import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { DEMO_PASSWORD } from '../../src/platform/config.ts';
import { seedDemo } from '../../seeds/demo.ts';
import { launchChromium } from './chromium.ts';
import { createWorld, type World } from './world.ts';

/** The demo as people see it: the whole application with a browser before it. */
export class DemoInBrowser {
  readonly world: World;
  readonly browser: Browser;

  private constructor(world: World, browser: Browser) {
    this.world = world;
    this.browser = browser;
  }

  static async start(): Promise<DemoInBrowser> {
    const world = await createWorld({ environment: { SEED_DEMO: 'true' } });
    world.clock.set('2026-11-22T12:00:00Z');
    // The demo brings its own catalogue.
    await world.db('plan_prices').delete();
    await world.db('plans').delete();
    await seedDemo(world.db, world.clock, world.config);
    return new DemoInBrowser(world, await launchChromium());
  }

  async close() {
    await this.browser.close();
    await this.world.close();
  }

  /** A visit in a browser session of its own. It fails when the browser has complained about anything. */
  async browse(options: BrowserContextOptions, visit: (page: Page) => Promise<void>) {
    const context = await this.browser.newContext({
      baseURL: this.world.url,
      viewport: { width: 1280, height: 860 },
      locale: 'en',
      ...options,
    });
    // A busy machine may be slow; nothing here is a timed test.
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    const complaints: string[] = [];
    // A refused form is answered 422, which the console mentions; everything else counts.
    page.on('console', (message) => {
      if (message.type() === 'error' && !/status of (422|404)/.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await visit(page);
    if (complaints.length > 0) throw new Error(`The browser complained:\n${complaints.join('\n')}`);
    await context.close();
  }
}

export async function signIn(page: Page, email: string, locale: 'en' | 'ru' = 'en') {
  await page.goto('/login');
  await page.fill('#email', email);
  await page.fill('#password', DEMO_PASSWORD);
  await page.click('form[action="/login"] button[type=submit]');
  await page.waitForURL((url) => url.pathname !== '/login');
  await switchLocale(page, locale);
}

async function switchLocale(page: Page, locale: 'en' | 'ru') {
  if ((await page.locator('html').getAttribute('lang')) === locale) return;
  await page.click('.user-menu > summary');
  await page.click(`.user-menu button[value=${locale}]`);
  await page.locator(`html[lang=${locale}]`).waitFor();
}

/** The amount of money in what matches, as decimal text. */
export const amountIn = async (page: Page, selector: string) =>
  (await page.locator(`${selector} data`).getAttribute('value')) ?? '';

/** The status in the heading of the page. */
export const statusOf = (page: Page) => page.textContent('.heading .badge');

export async function expectNoSidewaysScrolling(page: Page) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect([page.url(), overflow]).toEqual([page.url(), 0]);
}
