import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
/** Bytes; NIST SP 800-38D, 8.2.2. */
const NONCE = 12;
const TAG = 16;

/**
 * Keeps short texts secret in the database: AES-256-GCM with a key that is not in it. The first key seals; all of them
 * open, so that a key can be replaced while what the former one sealed is still there.
 */
export class Sealing {
  readonly #keys: Buffer[];

  /** @param keys 32 bytes each in base64: the present one, then former ones */
  constructor(keys: string[]) {
    this.#keys = keys.map((key) => Buffer.from(key, 'base64'));
  }

  /** @param purpose what the text is for: what was sealed for one purpose opens for no other */
  seal(text: string, purpose: string): string {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv(ALGORITHM, this.#keys[0] as Buffer, nonce).setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws {Error} when no key opens it */
  open(sealed: string, purpose: string): string {
    const bytes = Buffer.from(sealed, 'base64url');
    const [nonce, tag, text] = [
      bytes.subarray(0, NONCE),
      bytes.subarray(NONCE, NONCE + TAG),
      bytes.subarray(NONCE + TAG),
    ];
    for (const key of this.#keys) {
      const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG }).setAAD(Buffer.from(purpose));
      decipher.setAuthTag(tag);
      try {
        return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
      } catch {
        // Another key sealed it.
      }
    }
    throw new Error(`What was sealed for ${purpose} does not open: ENCRYPTION_KEY is not the one that sealed it`);
  }
}
