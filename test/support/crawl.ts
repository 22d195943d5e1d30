import fs from 'node:fs';
import path from 'node:path';
import { type CheerioAPI, load } from 'cheerio';
import { DEMO_PASSWORD } from '../../src/platform/config.ts';
import { DEMO_ACCOUNTS } from '../../src/domain/identity/demo-accounts.ts';
import { Visitor } from './visitor.ts';

/**
 * Shows that a change of the code changes no page. Run by hand, against the demo:
 *
 *   npm run crawl keep http://localhost:3000 FOLDER      keeps every page that every account can reach
 *   npm run crawl compare FOLDER OTHER                   compares two such folders element by element
 *
 * Both crawls need the same data: start the application before and after the change on copies of one data folder.
 */
const LOCALES = ['en', 'ru'];
/** Lists link to themselves in countless ways: at most so many addresses of the same shape are visited. */
const ADDRESSES_OF_A_SHAPE = 4;
const TEXT_NODE = 3;

async function keep(url: string, folder: string) {
  for (const locale of LOCALES) {
    await crawl(new Visitor(url), path.join(folder, locale, 'nobody'), ['/login', '/orders', '/nothing-here']);
    for (const { email } of DEMO_ACCOUNTS) {
      const visitor = new Visitor(url);
      await visitor.signIn(email, DEMO_PASSWORD);
      // Staff are redirected from the first page, which has no form for them.
      const home = await visitor.get('/');
      if (home.location) await visitor.get(home.location);
      await visitor.submit('/appearance', { locale, return_to: '/' });
      const pages = await crawl(visitor, path.join(folder, locale, email), ['/', '/nothing-here']);
      console.log(`${locale} ${email.padEnd(28)} ${pages} pages`);
    }
  }
}

/** @returns how many pages were kept */
async function crawl(visitor: Visitor, folder: string, start: string[]): Promise<number> {
  fs.mkdirSync(folder, { recursive: true });
  const found = [...start];
  const shapes = new Map<string, number>();
  for (const address of found) {
    const page = await visitor.get(address);
    const html = /html/.test(page.headers['content-type'] ?? '');
    const kept = html ? withoutSecrets(page.text) : /csv/.test(page.headers['content-type'] ?? '') ? page.text : '';
    const answer = `<!-- ${page.status} ${page.location ?? ''} -->\n`;
    fs.writeFileSync(path.join(folder, `${encodeURIComponent(address)}.html`), answer + kept);
    if (!html) continue;
    for (const next of linksOf(page.$, address)) {
      const shape = shapeOf(next);
      const seen = shapes.get(shape) ?? 0;
      if (found.includes(next) || seen >= ADDRESSES_OF_A_SHAPE) continue;
      shapes.set(shape, seen + 1);
      found.push(next);
    }
  }
  return found.length;
}

function linksOf($: CheerioAPI, address: string): string[] {
  const hrefs = $('a[href]')
    .map((_, link) => $(link).attr('href'))
    .get();
  return hrefs
    .map((href) => new URL(href, new URL(address, 'http://kabinet')))
    .filter(({ host, pathname }) => host === 'kabinet' && !pathname.startsWith('/assets'))
    .map(({ pathname, search }) => pathname + search);
}

const shapeOf = (address: string) => {
  const { pathname, searchParams } = new URL(address, 'http://kabinet');
  return `${pathname.replace(/\d+/g, '0')}?${[...searchParams.keys()].sort().join('&')}`;
};

/** Tokens and keys are new in every answer, the addresses of styles and scripts with every change of those. */
function withoutSecrets(html: string): string {
  return html
    .replace(/(name="_csrf" value=")[^"]*/g, '$1…')
    .replace(/\/assets\/[0-9a-f]{12}\//g, '/assets/…/')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '…');
}

function compare(before: string, after: string) {
  const names = [...new Set([...filesOf(before), ...filesOf(after)])].sort();
  let different = 0;
  for (const name of names) {
    const [was = [], is = []] = [before, after].map((folder) => elementsOf(path.join(folder, name)));
    const at = was.findIndex((element, index) => element !== is[index]);
    if (at < 0 && was.length === is.length) continue;
    different += 1;
    const index = at < 0 ? was.length : at;
    console.log(`${decodeURIComponent(name)}\n  - ${was[index] ?? '(nothing)'}\n  + ${is[index] ?? '(nothing)'}`);
  }
  console.log(`${names.length} pages compared, ${different} differ`);
  if (different > 0 || names.length === 0) process.exitCode = 1;
}

const filesOf = (folder: string) =>
  fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'));

/** Each element with its attributes and the text directly in it, in the order of the page. */
function elementsOf(file: string): string[] {
  if (!fs.existsSync(file)) return [];
  const text = fs.readFileSync(file, 'utf8');
  if (!text.includes('<html')) return text.split('\n');
  const $ = load(text);
  const elements = $('*').map((_, element) => {
    const attributes = Object.entries($(element).attr() ?? {}).sort();
    const written = attributes.map(([name, value]) => ` ${name}="${value}"`).join('');
    const own = $(element)
      .contents()
      .filter((_i, node) => node.nodeType === TEXT_NODE)
      .text();
    return `<${$(element).prop('tagName')}${written}> ${own.replace(/\s+/g, ' ').trim()}`;
  });
  return [text.split('\n', 1)[0] ?? '', ...elements.get()];
}

const [command, first = '', second = ''] = process.argv.slice(2);
if (command === 'keep') await keep(first, second);
else if (command === 'compare') compare(first, second);
else throw new Error('keep URL FOLDER, or compare FOLDER OTHER');
