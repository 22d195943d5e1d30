import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Fault } from '../storm/faults.ts';
import { Storm } from '../storm/storm.ts';

/** Of the moments at which something goes wrong. */
const SEED = 28;

let storm: Storm;
beforeAll(async () => {
  storm = await Storm.start(SEED);
});
afterAll(() => storm.close());

async function play(fault: Fault, times: number) {
  let cut = 0;
  for (let round = 0; round < times; round++) {
    const { answeredAtOnce, violations } = await storm.play(fault);
    expect(violations).toEqual([]);
    if (answeredAtOnce < 64) cut += 1;
  }
  return cut;
}

it('64 payments, with nothing in their way: each happens exactly once, at once', async () => {
  expect(await storm.play(null)).toMatchObject({ answeredAtOnce: 64, violations: [] });
});

it('the application killed in the middle of 64 payments, 20 times: each happens exactly once', async () => {
  expect(await play('the application killed', 20)).toBe(20);
}, 900_000);

it.each(['the database killed', 'the database restarted', 'out of connections'] as const)(
  '%s in the middle of 64 payments: each happens exactly once',
  async (fault) => {
    expect(await play(fault, 4)).toBeGreaterThan(0);
  },
  900_000,
);

it('the database frozen in the middle of 64 payments: each happens exactly once', async () => {
  await play('the database frozen', 4);
}, 900_000);
