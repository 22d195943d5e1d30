import express from 'express';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/platform/config.ts';
import { PRODUCTION } from '../support/production.ts';

const refusal = (environment: Record<string, string>): string => {
  try {
    parseConfig(environment);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the proxies whose word counts', () => {
  const good = [
    'loopback',
    'linklocal, uniquelocal',
    '10.0.0.7',
    '10.0.0.0/8',
    '192.168.0.0/16,127.0.0.1',
    '1.2.3.4/32',
    '::1',
    'fc00::/7',
    '2001:db8::/128',
    '::ffff:10.0.0.7',
  ];
  const bad = [
    '10.0.0.0/999',
    '1.2.3.4/99',
    '1.2.3.4/33',
    '::1/129',
    '10.0.0.0/',
    '10.0.0.0/x',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    '300.1.1.1',
    'proxy.example',
    'loopback/8',
    'loopback,',
    '10.0.0.0/255.0.0.0',
    '10.0.0.0/08x',
  ];

  it.each(good)('%s are what Express takes', (proxies) => {
    const { trustedProxies } = parseConfig({ TRUSTED_PROXIES: proxies });
    expect(() => express().set('trust proxy', trustedProxies)).not.toThrow();
  });

  it.each(bad)('%s are refused in one line', (proxies) => {
    expect(refusal({ TRUSTED_PROXIES: proxies })).toMatch(/^Configuration: TRUSTED_PROXIES: [^\n]+$/);
  });

  it.each(['0.0.0.0/0', '::/0', '0.0.0.0/1,128.0.0.0/1', '2000::/3'])('%s would be everybody', (proxies) => {
    expect(refusal({ TRUSTED_PROXIES: proxies })).toMatch(/TRUSTED_PROXIES: .*believe almost anybody/);
  });
});

describe('the public address', () => {
  it.each(['https://portal.example', 'https://portal.example/', 'https://portal.example:8443', 'http://[::1]:3000'])(
    '%s is an origin',
    (url) => {
      expect(parseConfig({ PUBLIC_URL: url }).publicUrl).toBe(new URL(url).origin);
    },
  );

  it.each([
    'https://portal.example/kabinet',
    'https://portal.example/?a=b',
    'https://portal.example/#top',
    'https://user:secret@portal.example',
    'https://user@portal.example',
    'ftp://portal.example',
    'portal.example',
  ])('%s is refused', (url) => {
    expect(refusal({ PUBLIC_URL: url })).toMatch(/^Configuration: PUBLIC_URL: [^\n]+$/);
    expect(refusal({ PUBLIC_URL: url })).not.toContain('secret');
  });
});

describe('who mails are from', () => {
  it.each([
    ['billing@portal.example', 'billing@portal.example'],
    ['Example <billing@portal.example>', '"Example" <billing@portal.example>'],
    ['"Example, Ltd." <billing@portal.example>', '"Example, Ltd." <billing@portal.example>'],
    ['Хостинг <billing@portal.example>', '"Хостинг" <billing@portal.example>'],
  ])('%s is an address', (given, kept) => {
    expect(parseConfig({ MAIL_FROM: given }).mailFrom).toBe(kept);
  });

  it.each([
    'notanaddress',
    'Example',
    'a@b',
    'Example <notanaddress>',
    'a@b.example, c@d.example',
    'a@b.example\r\nBcc: c@d.example',
  ])('%j is refused', (given) => {
    expect(refusal({ MAIL_FROM: given })).toContain('MAIL_FROM');
  });

  it('has the seller’s name as one name, whatever is in it', () => {
    expect(parseConfig({ SELLER_NAME: 'Example, "Ltd"' }).mailFrom).toBe('"Example, Ltd" <noreply@kabinet.example>');
  });
});

describe('limits and secrets', () => {
  it('the least top-up is above zero and not above the most', () => {
    expect(refusal({ TOP_UP_MIN: '0' })).toContain('TOP_UP_MIN');
    expect(refusal({ TOP_UP_MIN: '0.00' })).toContain('TOP_UP_MIN');
    expect(refusal({ TOP_UP_MIN: '50', TOP_UP_MAX: '9' })).toMatch(/TOP_UP_MIN.*TOP_UP_MAX/);
    expect(refusal({ TOP_UP_MIN: '20000' })).toMatch(/TOP_UP_MIN.*TOP_UP_MAX/);
    expect(parseConfig({ TOP_UP_MIN: '9', TOP_UP_MAX: '9.00' })).toMatchObject({ topUpMin: '9' });
  });

  it('a secret that can be guessed is refused outside production too, and is not repeated', () => {
    for (const name of ['SESSION_SECRET', 'SANDBOX_SECRET']) {
      expect(refusal({ [name]: 'hunter2' })).toMatch(new RegExp(`${name}: is shorter than 16 characters`));
      expect(refusal({ [name]: 'hunter2' })).not.toContain('hunter2');
      expect(refusal({ [name]: 'x'.repeat(16) })).toBe('');
    }
    expect(refusal({ ...PRODUCTION, SESSION_SECRET: 'x'.repeat(31) })).toContain('32 characters');
  });
});

describe('production (security 18)', () => {
  it('starts with what it demands, and names whatever is left out', () => {
    expect(parseConfig(PRODUCTION)).toMatchObject({ production: true, demo: false });
    for (const name of Object.keys(PRODUCTION).filter((name) => !name.startsWith('SELLER_') && name !== 'NODE_ENV'))
      expect(refusal({ ...PRODUCTION, [name]: '' })).toMatch(
        new RegExp(`^Refusing to start in production: ${name} is not set`),
      );
  });

  it('takes no administrator that the demo has, but demands none by itself', () => {
    expect(refusal({ ...PRODUCTION, ADMIN_EMAIL: 'admin@kabinet.example' })).toContain('ADMIN_EMAIL');
    expect(refusal({ ...PRODUCTION, ADMIN_PASSWORD: 'kabinet-demo-2026' })).toContain('ADMIN_PASSWORD');
    expect(refusal({ ...PRODUCTION, ADMIN_PASSWORD: 'short' })).toContain('ADMIN_PASSWORD');
  });
});
