import { BlockList, isIP } from 'node:net';
import { Decimal } from 'decimal.js';
import { z } from 'zod';

/** What a setting has to look like; each message ends the line that names the variable. */

const isTimeZone = (zone: string) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

export const timeZone = z.string().refine(isTimeZone, 'is not a time zone');

const PROXY_NAMES = ['loopback', 'linklocal', 'uniquelocal'];
/** The widest private networks: 10.0.0.0/8 and fc00::/7. */
const WIDEST = { ipv4: 8, ipv6: 7 };

/** Addresses, networks and Express's names for some, with commas; anything else would be a stack trace in Express. */
export const proxies = z.string().superRefine((list, context) => {
  for (const item of list.split(',').map((text) => text.trim())) {
    const problem = PROXY_NAMES.includes(item) ? null : problemOfNetwork(item);
    if (problem) context.addIssue({ code: 'custom', message: `“${item}” ${problem}` });
  }
});

function problemOfNetwork(network: string): string | null {
  const [address = '', bits, ...more] = network.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0 || more.length > 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits)))
    return `is no address, network (10.0.0.0/8) or one of ${PROXY_NAMES.join(', ')}`;
  if (bits === undefined) return null;
  try {
    new BlockList().addSubnet(address, Number(bits), family);
  } catch {
    return `is no network: it has ${family === 'ipv6' ? 128 : 32} bits at most`;
  }
  return Number(bits) < WIDEST[family] ? 'would believe almost anybody; name the proxy’s own address or network' : null;
}

/** The address of the site, without anything that a page's path would be put behind. */
export const siteAddress = z
  .string()
  .refine(isOrigin, 'is not https://, a name and perhaps a port; no path, query or user may be in it')
  .transform((text) => new URL(text).origin);

function isOrigin(text: string): boolean {
  if (!/^https?:/.test(text) || !URL.canParse(text)) return false;
  const { pathname, search, hash, username, password } = new URL(text);
  return pathname === '/' && search + hash + username + password === '';
}

/** A secret that signs; it must be too long to be guessed. */
export const secret = z.string().min(16, 'is shorter than 16 characters');

/** One mailbox, as `a@b.example` or `Name <a@b.example>`. */
export const mailbox = z.string().transform((text, context) => {
  const [, name = '', bracketed] = /^([^<>\r\n]*)<([^<>\s]+)>$/.exec(text.trim()) ?? [];
  const address = z.email().safeParse(bracketed ?? text.trim());
  if (address.success) return mailboxOf(name, address.data);
  context.addIssue({ code: 'custom', message: 'is not an address: a@b.example, or Name <a@b.example>' });
  return z.NEVER;
});

/** The name in quotes: with a comma it would otherwise be read as two mailboxes. */
export function mailboxOf(name: string, address: string): string {
  const plain = name.replaceAll(/["\\\r\n]/g, '').trim();
  return plain === '' ? address : `"${plain}" <${address}>`;
}

/** Of a top-up, in the base currency. */
export const limit = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,2})?$/, 'is not an amount like 10 or 10.50')
  .refine((amount) => !/^[0.]*$/.test(amount), 'is not above zero');

export const isAtMost = (least: string, most: string): boolean => new Decimal(least).lte(most);

/** 32 bytes in base64, as `openssl rand -base64 32` makes them. */
export const encryptionKey = z.string().refine((text) => Buffer.from(text, 'base64').length === 32, {
  message: 'is not 32 bytes in base64',
});

/** Networks and addresses, with commas. */
export const networks = z.string().transform((list, context): BlockList => {
  const found = new BlockList();
  for (const item of list.split(',').map((text) => text.trim())) {
    const [address = '', bits, ...more] = item.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const most = family === 'ipv6' ? 128 : 32;
    const length = bits === undefined ? most : Number(bits);
    if (isIP(address) === 0 || more.length > 0 || !/^\d{1,3}$/.test(bits ?? '0') || length > most)
      context.addIssue({ code: 'custom', message: `“${item}” is no address or network (10.0.0.0/8)` });
    else found.addSubnet(address, length, family);
  }
  return found;
});
