import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Visitor } from '../support/visitor.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let visitor: Visitor;
beforeAll(async () => {
  world = await createWorld({ environment: { SUPPORT_EMAIL: 'help@provider.example' } });
  visitor = world.visitor();
});
afterAll(() => world.close());

describe('what browsers and robots ask for', () => {
  it('robots.txt keeps search engines away', async () => {
    expect((await visitor.get('/robots.txt')).text).toBe('User-agent: *\nDisallow: /\n');
  });

  it('security.txt says whom to write to, and for how long that is true (RFC 9116)', async () => {
    const { text, headers } = await visitor.get('/.well-known/security.txt');
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(text).toContain('Contact: mailto:help@provider.example');
    expect(/^Expires: (\S+)$/m.exec(text)?.[1]).toBe(`${world.daysFromToday(180)}T00:00:00Z`);
  });

  it('the manifest names icons that are there', async () => {
    const { icons } = JSON.parse((await visitor.get('/manifest.webmanifest')).text) as { icons: { src: string }[] };
    for (const { src } of icons) expect((await visitor.agent.get(src)).status).toBe(200);
    expect((await visitor.get('/favicon.ico')).status).toBe(302);
  });

  it('the colour of the bar follows the theme', async () => {
    const page = await visitor.get('/login');
    expect(page.attributes('meta[name=theme-color]', 'media')).toEqual([
      '(prefers-color-scheme: light)',
      '(prefers-color-scheme: dark)',
    ]);
    const dark = await visitor.submit('/appearance', { theme: 'dark', return_to: '/login' });
    expect(dark.attributes('meta[name=theme-color]', 'content')).toEqual(['#161b22']);
  });
});

describe('a page that is not there', () => {
  it('says so in its title and leads on, for a visitor and a customer', async () => {
    const page = await visitor.get('/nothing-here');
    expect([page.status, page.textOf('title')]).toEqual([404, 'Page not found · Kabinet']);
    expect(page.attributes('.link-list a', 'href')).toEqual(['/catalog/dedicated', '/catalog/vps']);
    expect(page.attributes('main .actions a', 'href')).toEqual(['/login', 'mailto:help@provider.example']);
    const customer = await world.signIn(await world.addCustomer());
    const theirs = await customer.get('/orders/1');
    expect(theirs.attributes('.link-list a', 'href')).toContain('/orders');
    expect(theirs.attributes('main .actions a', 'href')).toEqual(['/', '/support']);
  });
});
