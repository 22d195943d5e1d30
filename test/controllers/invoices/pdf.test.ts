import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { report } from '../../support/webhook.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let customer: TestCustomer;
let visitor: Visitor;
beforeAll(async () => {
  world = await createWorld({
    environment: { SELLER_NAME: 'ООО «Хостинг»', SELLER_DETAILS: 'ИНН 7700000000' },
  });
  await world.storeRates({ USD: '1.0705', RUB: '93.5626' });
  customer = await world.addCustomer({ profile: { firstName: 'Иван', lastName: 'Петров', city: 'Алматы' } });
  visitor = await world.signIn(customer);
});
afterAll(() => world.close());

async function download(path: string, by = visitor): Promise<Buffer> {
  const response = await by.agent
    .get(path)
    .buffer(true)
    .parse((res, done) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () => done(null, Buffer.concat(chunks)));
    });
  expect([response.status, response.headers['content-type']]).toEqual([200, 'application/pdf']);
  return response.body as Buffer;
}

/** The text of a document: glyphs mapped back to letters by the tables that a reader would use for copying. */
function textOf(pdf: Buffer): string {
  const streams = [...pdf.toString('latin1').matchAll(/stream\r?\n([\s\S]*?)\r?\nendstream/g)].flatMap(([, body]) => {
    try {
      return [inflateSync(Buffer.from(body ?? '', 'latin1')).toString('latin1')];
    } catch {
      return [];
    }
  });
  const maps = streams.filter((stream) => stream.includes('beginbfrange')).map(glyphsOf);
  const pages = streams.filter((stream) => /\bTj\b|\bTJ\b/.test(stream));
  const tokens = pages.flatMap((page) => [...page.matchAll(/\/(F\d+) [\d.]+ Tf|<([0-9a-f]+)>/g)]);
  // The faces are written out in the order of their names.
  const faces = [...new Set(tokens.flatMap(([, face]) => face ?? []))].toSorted();
  let map = maps[0];
  return tokens
    .map(([, face, hex]) => {
      if (face) map = maps[faces.indexOf(face)];
      return (hex?.match(/.{4}/g) ?? []).map((glyph) => map?.get(glyph) ?? '').join('');
    })
    .join('');
}

function glyphsOf(cmap: string): Map<string, string> {
  const map = new Map<string, string>();
  for (const [, from = '', , list = ''] of cmap.matchAll(/<([0-9a-f]{4})> <([0-9a-f]{4})> \[([^\]]*)\]/g))
    [...list.matchAll(/<([0-9a-f]+)>/g)].forEach(([, code = ''], index) =>
      map.set(
        (Number.parseInt(from, 16) + index).toString(16).padStart(4, '0'),
        Buffer.from(code, 'hex').swap16().toString('utf16le'),
      ),
    );
  return map;
}

describe('an invoice as a PDF', () => {
  it('says what there is to pay, or when it was paid, with both parties as they were', async () => {
    const { invoice } = await world.placeOrder(customer, { plan: 'vps-2' });
    const before = await download(`/invoices/${invoice.id}.pdf?locale=ru`);
    expect(before.subarray(0, 5).toString()).toBe('%PDF-');
    await world.credit(customer, '9.50');
    await world.pay(customer, invoice.id);
    const after = await download(`/invoices/${invoice.id}.pdf`);
    expect(after.length).toBeGreaterThan(3000);
    expect(before.toString('latin1')).toContain('/ToUnicode');
    const words = textOf(before);
    for (const part of ['ООО «Хостинг»', 'Иван Петров', 'Алматы', 'VPS-2', 'К оплате'])
      expect(words.replace(/\s/g, '')).toContain(part.replace(/\s/g, ''));
    expect(textOf(after).replace(/\s/g, '')).toContain('fromthebalance');
    expect(textOf(after)).not.toContain('To pay');
    // Moments name the zone they are in.
    expect(textOf(after).replace(/\s/g, '')).toMatch(/PaidMarch10,2026.*UTC,fromthebalance/);
    expect(textOf(before).replace(/\s/g, '')).toMatch(/12:00:00UTC/);
  });

  it('of a top-up tells the rate that was used', async () => {
    const { invoiceId, reference, money } = await world.startTopUp(customer, '50.00', 'USD');
    await report(world, { reference, money });
    expect(textOf(await download(`/invoices/${invoiceId}.pdf`)).replace(/\s/g, '')).toContain('1USD=0.93414');
  });

  it('is not there for another customer, nor for nobody', async () => {
    const { invoice } = await world.placeOrder(customer, { plan: 'vps-2' });
    const stranger = await world.signIn(await world.addCustomer());
    expect((await stranger.get(`/invoices/${invoice.id}.pdf`)).status).toBe(404);
    expect((await world.visitor().get(`/invoices/${invoice.id}.pdf`)).status).toBe(303);
    expect((await visitor.get('/invoices/x.pdf')).status).toBe(404);
  });
});

it('the statement of a period is a PDF over as many pages as it needs, with the balance before and after (L5)', async () => {
  const person = await world.addCustomer();
  for (let line = 0; line < 60; line++) await world.credit(person, '1.00');
  const pdf = await download('/balance.pdf', await world.signIn(person));
  expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(2);
  const words = textOf(pdf).replace(/\s/g, '');
  expect(words).toContain('Balancebefore€0.00');
  expect(words).toContain('Balanceafter€60.00');
});
