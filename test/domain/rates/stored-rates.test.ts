import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotifiedCaches } from '../../../src/platform/db/notified-caches.ts';
import { inTransaction } from '../../../src/platform/db/transaction.ts';
import { RateAlreadyDecided } from '../../../src/domain/errors.ts';
import { Exact } from '../../../src/domain/money/money.ts';
import { decideProposal } from '../../../src/domain/rates/decide-proposal.ts';
import { keepRates } from '../../../src/domain/rates/rate-cache.ts';
import { listOpenProposals, loadRateTable } from '../../../src/domain/rates/rate-queries.ts';
import { storeRates } from '../../../src/domain/rates/store-rates.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const file = (date: string, rates: Record<string, string>, source: 'ecb' | 'cbr' = 'ecb') => ({
  source,
  date,
  rates: Object.entries(rates).map(([currency, rate]) => ({ currency, rate: new Exact(rate) })),
});
const store = (...args: Parameters<typeof file>) =>
  inTransaction(world.db, (trx) => storeRates(trx, world.clock, file(...args)));
const current = async (code: string, today = world.clock.today()) =>
  (await loadRateTable(world.db, today)).rateOf(code).toFixed();

describe('stored rates', () => {
  it('the latest effective date not after today counts, then the latest recorded (C2)', async () => {
    await store('2026-03-01', { USD: '1.01' });
    await store('2026-03-09', { USD: '1.05' });
    await store('2026-03-09', { USD: '1.06' }, 'cbr');
    await store('2026-03-11', { USD: '1.07' });
    expect(await current('USD')).toBe('1.06');
    expect(await current('USD', '2026-03-08')).toBe('1.01');
    expect(await current('USD', '2026-03-11')).toBe('1.07');
  });

  it('a stored rate is never changed or deleted; a correction is a new row (C2)', async () => {
    await expect(world.owner('exchange_rates').update({ rate: '2' })).rejects.toThrow(/only ever added/);
    await expect(world.owner('exchange_rates').delete()).rejects.toThrow(/only ever added/);
    await expect(world.owner.raw('truncate exchange_rates cascade')).rejects.toThrow(/only ever added/);
    await store('2026-03-08', { PLN: '4.30' });
    await store('2026-03-08', { PLN: '4.31' });
    expect(await current('PLN')).toBe('4.31');
  });

  it('are answered as they were known at a moment (C2)', async () => {
    await store('2026-02-01', { NOK: '11.5' });
    const before = world.clock.now();
    world.clock.advanceMinutes(5);
    await store('2026-02-01', { NOK: '11.9' });
    expect((await loadRateTable(world.db, '2026-02-02', before)).rateOf('NOK').toFixed()).toBe('11.5');
    expect(await current('NOK', '2026-02-02')).toBe('11.9');
  });

  it('the same file twice, or twice at once, is stored once', async () => {
    const counts = await Promise.all([1, 2, 3, 4].map(() => store('2026-03-07', { GBP: '0.85', JPY: '170' })));
    expect(counts.flatMap(({ stored }) => stored).sort()).toEqual(['GBP', 'JPY']);
    expect(await world.db('exchange_rates').where({ effective_on: '2026-03-07' })).toHaveLength(2);
  });

  it('a rate that differs by more than 20 % waits for a member of staff (C4)', async () => {
    const { userId } = await world.addStaff('admin');
    await store('2026-03-01', { KZT: '600' });
    expect(await store('2026-03-05', { KZT: '720' })).toMatchObject({ stored: ['KZT'], proposed: [] });
    expect(await store('2026-03-06', { KZT: '865' })).toMatchObject({ stored: [], proposed: ['KZT'] });
    expect(await current('KZT')).toBe('720');
    const [proposal] = await listOpenProposals(world.db);
    const decide = (decision: 'confirmed' | 'rejected') =>
      inTransaction(world.db, (trx) =>
        decideProposal(trx, world.clock, { proposalId: proposal?.id ?? 0, decision, userId }),
      );
    await decide('confirmed');
    expect(await current('KZT')).toBe('865');
    await expect(decide('rejected')).rejects.toThrow(RateAlreadyDecided);
  });

  it('several small steps in a day count as one: the last rate of an earlier day is compared (C4)', async () => {
    await store('2026-02-10', { TRY: '50' });
    expect(await store('2026-02-11', { TRY: '59' })).toMatchObject({ stored: ['TRY'] });
    expect(await store('2026-02-11', { TRY: '69' })).toMatchObject({ stored: [], proposed: ['TRY'] });
    expect(await current('TRY', '2026-02-12')).toBe('59');
    await store('2026-02-12', { UAH: '45' });
    expect(await store('2026-02-12', { UAH: '55' })).toMatchObject({ stored: [], proposed: ['UAH'] });
  });

  it('another rate answers the one that waits, and says so (C4)', async () => {
    await store('2026-02-10', { AMD: '400' });
    await store('2026-02-11', { AMD: '600' });
    expect(await store('2026-02-11', { AMD: '410' })).toMatchObject({ stored: ['AMD'], superseded: ['AMD'] });
    const waiting = await listOpenProposals(world.db);
    expect(waiting.filter(({ currency }) => currency === 'AMD')).toEqual([]);
  });

  it('an unattended file counts only for the currencies that take their rate from its bank', async () => {
    const counts = await inTransaction(world.db, (trx) =>
      storeRates(trx, world.clock, file('2026-03-09', { RUB: '93', CHF: '0.96' }, 'cbr'), { onlyOwn: true }),
    );
    expect(counts.stored).toEqual(['RUB']);
  });
});

function cachesOf({ db, databaseUrl, clock, services }: World) {
  const caches = new NotifiedCaches(databaseUrl, services);
  return { caches, rates: keepRates(caches, db, clock) };
}

describe('the cached rates', () => {
  it('are renewed in every process when new ones are stored', async () => {
    const processes = [1, 2].map(() => cachesOf(world));
    await Promise.all(processes.map(({ caches }) => caches.listen()));
    const seen = () => Promise.all(processes.map(async ({ rates }) => (await rates.current()).rateOf('CZK').toFixed()));
    await store('2026-03-01', { CZK: '25' });
    await expect.poll(seen).toEqual(['25', '25']);
    await store('2026-03-02', { CZK: '26' });
    await expect.poll(seen).toEqual(['26', '26']);
    await Promise.all(processes.map(({ caches }) => caches.close()));
  });

  it('are read anew while nobody listens', async () => {
    const { rates } = cachesOf(world);
    await store('2026-03-01', { SEK: '11' });
    expect((await rates.current()).rateOf('SEK').toFixed()).toBe('11');
    await store('2026-03-02', { SEK: '12' });
    expect((await rates.current()).rateOf('SEK').toFixed()).toBe('12');
  });
});
