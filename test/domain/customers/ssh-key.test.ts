import { describe, expect, it } from 'vitest';
import { parseSshKey, sshKeyLine } from '../../../src/domain/customers/ssh-key.ts';

/** Made with `ssh-keygen`, with the fingerprints that `ssh-keygen -l` shows. */
const KEYS = {
  ed25519: {
    line: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJMguzotZ1GzBqhlSN8hA0A489Tn90lyJy1fcazMBZc9 anna@laptop',
    fingerprint: 'SHA256:dmxgQwxsn7xssigPUhSTkGZ+5k+u9Ogrt3hMM16CzJE',
  },
  ecdsa: {
    line: 'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBMT/Xtw0MKsmk2qPlDw9uVtlUXNGHRNCWdDptUVYA8oRdr1v6Y0XRcQlZFMKzycwcq8Em69ExaRRYw7kOaZs9q0= anna@laptop',
    fingerprint: 'SHA256:Qq8BICBBRXi6Q9HjSuyNU6qzIOU5lqnqISgvc7X/JPw',
  },
  rsa: {
    line: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDm7NPtqA6HFaLpeF14M0ppYOcjUYtk+cV+HRk56B5pfVXL1X6noxswSfMZYBKBgNQCFiifZTyhXKVnKhNrd5em7on5u/uZ0xWIdAjXwYww8XfU+dQiYizqRHvzOVF0WoXizcT5H5pcsdS9Ict2bOl6xteQDsHV0ycjoCkvJDxy7mBrYnIW11voR3XaziNLpeo1+XKDgVnGoh00igCApf9hFKdRhO3URO7PIkIZ72lObQMLFU2USpqAUTRc3nSQbSvcdDdnBd1N85LsBxzCGj5jYkvqr+RIqMuiajicFjr/cI/4kaSSoLmb0g2B6M41lYrHHhEKBdKpM61wXAtbz5uZ anna@laptop',
    fingerprint: 'SHA256:O0Zw7ZEHdSaX1er9ZyQrC15JDFDolHwQy7eywM+wynQ',
  },
};
const SHORT_RSA =
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDHbMOocYb1PdmJaZ20x0DFdqXe8XaCmwbWTkfmrjat9+c5AqOprsmRILnIpmCdOFpwZVpSHPLEu+tFvohbf4brLns2FPIqK56ck8M2beawZ7Qniml4aYZ+Ejfz9z/Te370GFutxjomus6MMSXUtFlayaZkX6PzUCwK78l0TLefkw== anna@laptop';

describe('a public SSH key', () => {
  it.each(Object.entries(KEYS))('%s has the fingerprint that OpenSSH shows', (_type, { line, fingerprint }) => {
    const key = parseSshKey(`  ${line}\n`);
    expect(key).toMatchObject({ fingerprint, comment: 'anna@laptop' });
    expect(typeof key === 'string' ? key : sshKeyLine(key)).toBe(line);
  });

  const [type, blob] = KEYS.ed25519.line.split(' ') as [string, string];
  it.each([
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END', 'private'],
    ['one cut short', `${type} ${blob.slice(0, 40)}`, 'malformed'],
    ['one of another type than it says', `ssh-rsa ${blob}`, 'malformed'],
    ['words', 'my key please', 'malformed'],
    ['nothing', ' ', 'malformed'],
    ['a DSA key', `ssh-dss ${blobOf('ssh-dss', 'p', 'q', 'g', 'y')}`, 'type'],
    ['a certificate', `ssh-ed25519-cert-v01@openssh.com ${blobOf('ssh-ed25519-cert-v01@openssh.com', 'x')}`, 'type'],
    ['an RSA key of 1024 bits', SHORT_RSA, 'weak'],
    [
      'a hardware key of nothing',
      `sk-ssh-ed25519@openssh.com ${blobOf('sk-ssh-ed25519@openssh.com', 'a', 'b')}`,
      'malformed',
    ],
    [
      'one that is too long only when it is written out',
      `sk-ssh-ed25519@openssh.com ${blobOf('sk-ssh-ed25519@openssh.com', 'x'.repeat(32), 'y'.repeat(2970)).replace(/=+$/, '')}`,
      'too_long',
    ],
    ['one that is too long', `${type} ${'A'.repeat(12_000)}`, 'too_long'],
  ])('%s is refused', (_what, text, fault) => {
    expect(parseSshKey(text)).toBe(fault);
  });

  it('a comment keeps no control characters', () => {
    expect(parseSshKey(`${type} ${blob} an\u0007na@laptop`)).toMatchObject({ comment: 'anna@laptop' });
  });
});

function blobOf(...parts: string[]): string {
  return Buffer.concat(
    parts.map((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return Buffer.concat([length, Buffer.from(part)]);
    }),
  ).toString('base64');
}
