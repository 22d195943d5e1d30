import { expect } from 'vitest';
import { verifyInvariants } from '../../src/domain/audit/verify-invariants.ts';
import type { World } from './world.ts';

/** Expects that the books are still true. */
export async function expectInvariants(world: World) {
  const broken = (await verifyInvariants(world.db)).filter((verdict) => verdict.offenders.length > 0);
  expect(broken).toEqual([]);
}
