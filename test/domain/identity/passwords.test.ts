import { availableParallelism } from 'node:os';
import { expect, it, vi } from 'vitest';
import { hashPassword, verifyPassword } from '../../../src/domain/identity/passwords.ts';

let running = 0;
let most = 0;
vi.mock('@node-rs/argon2', async (original) => {
  const argon2 = await original<typeof import('@node-rs/argon2')>();
  const counted =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      most = Math.max(most, ++running);
      return work(...args).finally(() => (running -= 1));
    };
  return { ...argon2, hash: counted(argon2.hash), verify: counted(argon2.verify) };
});

it('leaves a core to the pages, however many sign in at once (security 10)', async () => {
  const hash = await hashPassword('a password');
  const verdicts = await Promise.all(Array.from({ length: 12 }, () => verifyPassword('a password', hash)));
  expect(verdicts).toEqual(verdicts.map(() => true));
  expect(most).toBe(Math.max(1, Math.min(12, availableParallelism() - 1)));
});
