import type { Request, Response } from 'express';
import type { Config } from '../../../src/platform/config.ts';
import { describe, expect, it } from 'vitest';
import { secondFactorFirst } from '../../../src/web/middleware/staff-limits.ts';

/** Where somebody is sent who asks for a page. @returns null where they are let through */
function sentTo(viewer: { kind: 'staff' | 'customer'; hasFactor: boolean }, path: string, production = true) {
  let target: string | null = null;
  const req = { user: viewer, path } as unknown as Request;
  const config = { production, customersNeedSecondFactor: false } as Config;
  const res = {
    locals: { config },
    redirect: (_status: number, address: string) => (target = address),
  } as unknown as Response;
  secondFactorFirst({ config })(req, res, () => {});
  return target;
}

describe('the second factor in production (security 17)', () => {
  it('is set up by staff before any other page', () => {
    for (const path of ['/', '/staff', '/staff/customers/1001', '/security', '/security/password'])
      expect([path, sentTo({ kind: 'staff', hasFactor: false }, path)]).toEqual([path, '/security/totp']);
  });

  it('lets staff set it up, sign out, and go on once they have it', () => {
    for (const path of ['/security/totp', '/security/confirmation', '/logout'])
      expect([path, sentTo({ kind: 'staff', hasFactor: false }, path)]).toEqual([path, null]);
    expect(sentTo({ kind: 'staff', hasFactor: true }, '/staff')).toBeNull();
  });

  it('is asked neither of customers, unless the provider says so, nor outside production', () => {
    expect(sentTo({ kind: 'customer', hasFactor: false }, '/')).toBeNull();
    expect(sentTo({ kind: 'staff', hasFactor: false }, '/staff', false)).toBeNull();
  });
});
