import type { BlockList } from 'node:net';
import { isIP } from 'node:net';
import type { NextFunction, Request, Response } from 'express';
import type { Config } from '../../platform/config.ts';
import { StaffAddressRefused } from '../../domain/errors.ts';
import { configOf } from './site-config.ts';
import { viewerOf } from './viewer.ts';

/** Whether staff may come from there. */
export function isStaffAddress(address: string, allowed: BlockList | null): boolean {
  if (!allowed) return true;
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return isIP(address) !== 0 && allowed.check(address, family);
}

/** Staff from elsewhere than `STAFF_ADDRESSES` are refused at each request, not only when they sign in. */
export function staffAddresses({ staffAddresses: allowed }: Pick<Config, 'staffAddresses'>) {
  return (req: Request, _res: Response, next: NextFunction) => {
    if (viewerOf(req)?.kind !== 'staff' || isStaffAddress(req.ip ?? '', allowed)) return next();
    // The page that says so shows nothing of what they may see.
    req.user = undefined;
    next(new StaffAddressRefused());
  };
}

/** What somebody without the second factor that is asked of them may do. */
const OPEN_WITHOUT = ['/security/totp', '/security/confirmation', '/logout', '/appearance'];
/** Links in mail are for whoever has them, signed in or not. */
const LINKS = /^\/(email-confirmations|email-returns|password-resets|invitations|factor-removals)\//;

/** Whoever needs a second factor sets it up before anything else. */
export function secondFactorFirst(services: { config: Config }) {
  return (req: Request, res: Response, next: NextFunction) => {
    const viewer = viewerOf(req);
    if (!viewer || viewer.hasFactor || OPEN_WITHOUT.includes(req.path) || LINKS.test(req.path)) return next();
    const { production, customersNeedSecondFactor } = configOf(res, services);
    const isNeeded = viewer.kind === 'staff' ? production : customersNeedSecondFactor;
    if (isNeeded) return res.redirect(303, '/security/totp');
    next();
  };
}
