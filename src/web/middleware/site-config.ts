import type { NextFunction, Request, Response } from 'express';
import type { Config } from '../../platform/config.ts';
import type { SiteConfig } from '../../domain/settings/site-config.ts';

/** Reads once for a request what the environment and staff have set. */
export function siteConfig({ siteConfig: kept }: { siteConfig: SiteConfig }) {
  return async (_req: Request, res: Response, next: NextFunction) => {
    res.locals['config'] = await kept.current();
    next();
  };
}

/** What it has read; where it has not come to that, as on a page about an outage, what the environment says. */
export const configOf = (res: Response, { config }: { config: Config }): Config =>
  (res.locals['config'] as Config | undefined) ?? config;
