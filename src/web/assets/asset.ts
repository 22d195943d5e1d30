import { createHash } from 'node:crypto';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** Every address of a file begins so. */
export const ASSETS_PATH = '/assets/';

export type Encoding = 'br' | 'gzip' | 'identity';

const COMPRESS = { br: brotliCompressSync, gzip: gzipSync };
/** What is compressed in itself gains nothing. */
const COMPRESSED_ALREADY = ['.woff2', '.png'];

/** Short, and still different for every content. */
export function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}

/** A file that pages load, kept in memory. Its address changes with its content, so browsers may keep it for ever. */
export class Asset {
  readonly name: string;
  readonly hash: string;
  readonly content: Buffer;
  readonly #compressed = new Map<Encoding, Buffer>();

  /** @param hash of more than the content, where files are one only together */
  constructor(name: string, content: string | Buffer, hash = hashOf(content)) {
    this.name = name;
    this.content = Buffer.from(content);
    this.hash = hash;
  }

  get address(): string {
    return `${ASSETS_PATH}${this.hash}/${this.name}`;
  }

  /** With a dot, as `.css`. */
  get extension(): string {
    return path.extname(this.name);
  }

  get encodings(): Encoding[] {
    return COMPRESSED_ALREADY.includes(this.extension) ? ['identity'] : ['br', 'gzip', 'identity'];
  }

  /** The content in an encoding, compressed the first time that somebody asks for it. */
  encoded(encoding: Encoding): Buffer {
    if (encoding === 'identity') return this.content;
    const compressed = this.#compressed.get(encoding) ?? COMPRESS[encoding](this.content);
    this.#compressed.set(encoding, compressed);
    return compressed;
  }
}
