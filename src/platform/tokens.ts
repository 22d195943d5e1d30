import { createHash, randomBytes } from 'node:crypto';

/** A secret of 256 random bits, as it stands in links and cookies. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is kept of a secret that is too random to be guessed. */
export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
