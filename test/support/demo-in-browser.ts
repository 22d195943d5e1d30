import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { DEMO_PASSWORD } from '../../src/platform/config.ts';
import { seedDemo } from '../../seeds/demo.ts';
import { launchChromium } from './chromium.ts';
import { createWorld, type World } from './world.ts';

export interface OpenPage {
  context: BrowserContext;
  page: Page;
  /** Everything the browser complained about. */
  complaints: string[];
}

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

  async open(options: BrowserContextOptions = {}): Promise<OpenPage> {
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
    return { context, page, complaints };
  }
}

export async function signIn(page: Page, email: string, locale: 'en' | 'ru' = 'en') {
  await page.goto('/login');
  await page.fill('#email', email);
  await page.fill('#password', DEMO_PASSWORD);
  await page.click('form[action="/login"] button');
  await page.waitForURL((url) => url.pathname !== '/login');
  await switchLocale(page, locale);
}

async function switchLocale(page: Page, locale: 'en' | 'ru') {
  if ((await page.locator('html').getAttribute('lang')) === locale) return;
  await page.click('.user-menu > summary');
  await page.click(`.user-menu button[value=${locale}]`);
  await page.locator(`html[lang=${locale}]`).waitFor();
}
