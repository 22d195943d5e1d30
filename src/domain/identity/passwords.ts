import { availableParallelism } from 'node:os';
import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { TooManyAttempts } from '../errors.ts';

/** OWASP's recommendation: 19 MiB, two passes, one lane; argon2id is the package's default algorithm. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const CURRENT = '$argon2id$v=19$m=19456,t=2,p=1$';

/** Many sign-ins at once must take neither all memory nor all cores: one is left for the pages. */
const limit = pLimit(Math.max(1, availableParallelism() - 1));
/** More than this are refused at once: they would wait longer than a browser does. */
const MOST_WAITING = 200;

function atMost<T>(work: () => Promise<T>): Promise<T> {
  if (limit.pendingCount >= MOST_WAITING) throw new TooManyAttempts({ seconds: 5 });
  return limit(work);
}

export function hashPassword(password: string): Promise<string> {
  return atMost(() => hash(password, PARAMETERS));
}

/** Whether the hash was made with weaker parameters than today's. */
export function needsRehash(passwordHash: string): boolean {
  return !passwordHash.startsWith(CURRENT);
}

let nobodysHash: Promise<string> | undefined;

/** Made at its first use; after a failure the next use tries again. */
function hashOfNobody(): Promise<string> {
  nobodysHash ??= hashPassword('nobody has this password').catch((error: unknown) => {
    nobodysHash = undefined;
    throw error;
  });
  return nobodysHash;
}

/**
 * Compares a password with a hash. Without a hash (no user has that e-mail) it takes the same time and is false, so that
 * the delay does not show which e-mails exist.
 */
export async function verifyPassword(password: string, passwordHash: string | null): Promise<boolean> {
  const against = passwordHash ?? (await hashOfNobody());
  const matches = await atMost(() => verify(against, password));
  return passwordHash !== null && matches;
}
