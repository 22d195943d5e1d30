import { createHash } from 'node:crypto';

/** A public key for signing in to a server. */
export interface SshKey {
  /** Type and key, as in authorized_keys. */
  publicKey: string;
  /** What stood after it: mostly who, and on which machine. */
  comment: string;
  /** As OpenSSH shows it: SHA256 in base64, without padding. */
  fingerprint: string;
}

/** Why a key cannot be used: `errors.field.ssh_key.<fault>`. */
export type SshKeyFault = 'private' | 'malformed' | 'type' | 'weak' | 'too_long';

/** The fewest bits of an RSA key: what NIST SP 800-131A still accepts. */
const LEAST_RSA_BITS = 2048;
const MOST_CHARACTERS = 4000;
const MOST_CHARACTERS_SENT = 10_000;
const MOST_CHARACTERS_OF_COMMENT = 100;

/** What a key is made of after its type: the bytes of a part, or the text that it is. */
const PARTS: Record<string, (number | string)[]> = {
  'ssh-ed25519': [32],
  'ecdsa-sha2-nistp256': ['nistp256', 65],
  'ecdsa-sha2-nistp384': ['nistp384', 97],
  'ecdsa-sha2-nistp521': ['nistp521', 133],
  // Of a hardware key; the last part is the application it was made for, mostly "ssh:".
  'sk-ssh-ed25519@openssh.com': [32, 'any'],
  'sk-ecdsa-sha2-nistp256@openssh.com': ['nistp256', 65, 'any'],
};

/**
 * Reads a line of authorized_keys (sshd(8)) without options: type, key in base64, comment. The key's own parts are those
 * of RFC 4253 (6.6), RFC 5656 (3.1), RFC 8709 (4) and OpenSSH's PROTOCOL.u2f.
 */
export function parseSshKey(text: string): SshKey | SshKeyFault {
  const line = text.trim().replace(/\s+/g, ' ');
  if (/PRIVATE KEY/.test(line)) return 'private';
  const [type = '', key = '', ...words] = line.split(' ');
  if (line.length > MOST_CHARACTERS_SENT) return 'too_long';
  if (!/^[a-z0-9@.-]+$/.test(type) || !/^[A-Za-z0-9+/]+={0,2}$/.test(key)) return 'malformed';
  const blob = Buffer.from(key, 'base64');
  const parts = partsOf(blob);
  if (!parts || parts[0]?.toString('latin1') !== type) return 'malformed';
  const fault = faultOf(type, parts.slice(1));
  if (fault) return fault;
  const publicKey = `${type} ${blob.toString('base64')}`;
  if (publicKey.length > MOST_CHARACTERS) return 'too_long';
  return {
    publicKey,
    comment: words
      .join(' ')
      .replace(/\p{Cc}/gu, '')
      .slice(0, MOST_CHARACTERS_OF_COMMENT)
      .toWellFormed(),
    fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`,
  };
}

/** The strings that a key is made of, each after its length; null where they do not fill it exactly. */
function partsOf(blob: Buffer): Buffer[] | null {
  const parts: Buffer[] = [];
  let at = 0;
  while (at + 4 <= blob.length) {
    const end = at + 4 + blob.readUInt32BE(at);
    if (end > blob.length) return null;
    parts.push(blob.subarray(at + 4, end));
    at = end;
  }
  return at === blob.length ? parts : null;
}

function faultOf(type: string, parts: Buffer[]): SshKeyFault | null {
  if (type === 'ssh-rsa') {
    const [, modulus] = parts;
    if (parts.length !== 2 || !modulus) return 'malformed';
    return bitsOf(modulus) < LEAST_RSA_BITS ? 'weak' : null;
  }
  const expected = PARTS[type];
  // DSA among them, which OpenSSH has given up.
  if (!expected) return 'type';
  const fits =
    parts.length === expected.length &&
    expected.every((part, index) => {
      const given = parts[index];
      if (part === 'any') return true;
      return typeof part === 'number' ? given?.length === part : given?.toString('latin1') === part;
    });
  return fits ? null : 'malformed';
}

/** Of a number as SSH writes it (RFC 4251, 5): a zero byte before one that would look negative. */
function bitsOf(number: Buffer): number {
  const first = number.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (number.length - first - 1) * 8 + (32 - Math.clz32(number[first] as number));
}

/** A line for authorized_keys. */
export const sshKeyLine = ({ publicKey, comment }: Pick<SshKey, 'publicKey' | 'comment'>): string =>
  [publicKey, comment].filter(Boolean).join(' ');
