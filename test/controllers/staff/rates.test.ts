import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectInvariants } from '../../support/invariants.ts';
import type { TestCustomer } from '../../support/people.ts';
import type { Visitor } from '../../support/visitor.ts';
import { createWorld, type World } from '../../support/world.ts';

const sample = (name: string) => fs.readFileSync(path.join(import.meta.dirname, '../../../seeds/rates', name));
const ECB = sample('ecb-eurofxref-daily-2024-06-28.xml');
const CBR = sample('cbr-XML_daily-2025-12-13.xml');

let world: World;
let customer: TestCustomer;
let admin: Visitor;
beforeAll(async () => {
  world = await createWorld();
  customer = await world.addCustomer({ balance: '100.00' });
  await world.addCustomer({ currency: 'RUB', profile: { firstName: 'Иван', lastName: 'Петров' } });
  admin = await world.signIn(await world.addStaff('admin'));
});
afterAll(async () => {
  await expectInvariants(world);
  await world.close();
});

const audit = () => world.db('audit_log').orderBy('id', 'desc').first();

describe('rates', () => {
  it('a bank’s file is imported, and every balance’s equivalents and the totals change at once (C2, S3)', async () => {
    await admin.get('/staff/rates');
    expect((await admin.upload('/staff/rates/imports', ECB)).status).toBe(303);
    const visitor = await world.signIn(customer);
    const shown = async (): Promise<Record<string, string>> => {
      const equivalents = (await visitor.get('/orders')).money('.balance-menu .equivalent');
      return Object.fromEntries(equivalents.map((money) => money.split(' ').toReversed()));
    };
    const before = await shown();
    expect(before['RUB']).toBeUndefined();
    await admin.get('/staff/rates');
    expect((await admin.upload('/staff/rates/imports', CBR)).status).toBe(303);
    await expect.poll(async () => (await shown())['RUB']).toBeDefined();
    const after = await shown();
    for (const code of ['USD', 'GBP', 'PLN', 'JPY', 'KZT', 'RUB']) expect(after[code]).not.toBe(before[code]);
    expect(await audit()).toMatchObject({ action: 'rates.imported', subject_id: 'cbr 2025-12-13' });
    const home = await admin.get('/staff');
    expect(home.attribute('[data-totals] [data-total] data', 'data-currency')).toBe('EUR');
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'no file'],
    ['a cut-off file', ECB.subarray(0, 700), 'well-formed'],
    ['another document', Buffer.from('<a/>'), 'daily file'],
    ['a zero rate', Buffer.from(ECB.toString().replace('1.0705', '0')), 'line 9: USD: 0'],
  ])('%s is refused whole with the reason, and the stored rates stay (C3)', async (_name, bytes, words) => {
    const before = await world.db('exchange_rates').count();
    await admin.get('/staff/rates');
    const page = await admin.upload('/staff/rates/imports', bytes);
    expect(page.status).toBe(422);
    expect(page.$('.alert-bad').text()).toContain(words);
    expect(await world.db('exchange_rates').count()).toEqual(before);
  });

  it('a file without the session’s token is refused', async () => {
    const answer = await admin.agent.post('/staff/rates/imports').attach('file', ECB, 'x.xml');
    expect(answer.status).toBe(403);
  });

  it('a file too large is refused', async () => {
    await admin.get('/staff/rates');
    expect((await admin.upload('/staff/rates/imports', Buffer.alloc(2_000_000, ' '))).status).toBe(413);
  });

  it('a rate entered by hand that differs too much waits, is shown, and counts once confirmed (C4)', async () => {
    await admin.get('/staff/rates');
    await admin.submit('/staff/rates', { currency: 'KWD', rate: '0,33', effective_on: '2026-03-10' });
    const waiting = await admin.submit('/staff/rates', {
      currency: 'KWD',
      rate: '0.5',
      effective_on: '2026-03-10',
    });
    const proposal = waiting.attribute('#proposals tr:contains(KWD)', 'data-proposal');
    const done = await admin.submit(`/staff/rates/proposals/${proposal}`, {
      decision: 'confirmed',
    });
    expect(done.$('[data-rates] tr[data-currency=KWD]').text()).toContain('0.5');
    const again = await admin.post(`/staff/rates/proposals/${proposal}`, {
      decision: 'rejected',
    });
    expect(again.status).toBe(422);
  });

  it.each([
    { rate: '0' },
    { rate: '-1' },
    { rate: '1e3' },
    { rate: '' },
    { rate: 'x' },
    { effective_on: '2026-03-12' },
    { effective_on: '2026-02-30' },
    { currency: 'EUR' },
    { currency: 'XXX' },
  ])('an odd rate by hand is refused: %j (C3)', async (odd) => {
    await admin.get('/staff/rates');
    const before = await world.db('exchange_rates').count();
    expect(
      (await admin.post('/staff/rates', { currency: 'USD', rate: '1.1', effective_on: '2026-03-10', ...odd })).status,
    ).toBe(422);
    expect(await world.db('exchange_rates').count()).toEqual(before);
  });

  it('a currency is switched on and marked up as data, and the audit log says so (C1)', async () => {
    await admin.get('/staff/rates');
    await admin.submit('/staff/currencies/CHF', { enabled: 'on', markup: '1.5' });
    expect(await audit()).toMatchObject({
      action: 'currency.changed',
      subject_id: 'CHF',
      details: { before: { enabled: false, markup: '0.0000' }, after: { enabled: true, markup: '0.0150' } },
    });
    const visitor = await world.signIn(customer);
    await expect.poll(async () => (await visitor.get('/top-ups/new')).$('input[data-currency=CHF]').length).toBe(1);
    for (const markup of ['x', '-1', '100', '1e1']) {
      await admin.get('/staff/rates');
      expect((await admin.post('/staff/currencies/CHF', { enabled: 'on', markup })).status).toBe(422);
    }
  });

  it('a currency is added by its code with the decimals of the standard, and priced in once it is switched on (desk 6)', async () => {
    await admin.get('/staff/rates');
    await admin.submit('/staff/currencies', { code: 'bhd', rate_source: 'manual' });
    const added = () => world.db('currencies').where({ code: 'BHD' }).first();
    expect(await added()).toMatchObject({ minor_digits: 3, enabled: false, priced: false, rate_source: 'manual' });
    await admin.submit('/staff/currencies/BHD', { enabled: 'on', priced: 'on', markup: '0', position: '2' });
    expect(await added()).toMatchObject({ enabled: true, priced: true, position: 2 });
    await expect.poll(async () => (await admin.get('/staff/plans')).textOf('thead')).toContain('BHD');
    expect((await admin.post('/staff/currencies', { code: 'BHD', rate_source: 'ecb' })).status).toBe(422);
    const odd = await admin.post('/staff/currencies', { code: 'ZZZ', rate_source: 'ecb' });
    expect(odd.status).toBe(422);
    expect(odd.value('#code')).toBe('ZZZ');
  });

  it('knows no currency that is not in the table', async () => {
    await admin.get('/staff/rates');
    for (const code of ['XXX', 'chf', '__proto__', 'EUR%00'])
      expect((await admin.post(`/staff/currencies/${code}`, { enabled: 'on', markup: '1' })).status).toBe(404);
  });

  it('shows a currency’s history', async () => {
    const page = await admin.get('/staff/rates?currency=GBP');
    expect(page.$('#history tbody tr')).toHaveLength(2);
    expect(page.$('#history svg')).toHaveLength(1);
  });
});
