/** The same whole numbers of 32 bits for the same seed (mulberry32), so that a failure can be run again. */
function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** The same numbers, from 0 to 1, for the same seed. */
export function seededRandom(seed: number): () => number {
  const next = seededNumbers(seed);
  return () => next() / 2 ** 32;
}

/** A whole number from 0, below a limit. */
export type Random = (below: number) => number;

/** The same whole numbers for the same seed. */
export function seededIntegers(seed: number): Random {
  const next = seededNumbers(seed);
  return (below) => next() % below;
}

export function choose<T>(list: readonly T[], random: Random): T | undefined {
  return list[random(list.length)];
}
