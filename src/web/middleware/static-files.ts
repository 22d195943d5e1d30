import type { NextFunction, Request, Response } from 'express';
import { ASSETS_PATH } from '../assets/asset.ts';
import { assets } from '../assets/assets.ts';

/**
 * Styles, scripts, icons and the typeface from memory, by address. The address of a file has its hash, so what it
 * answers never changes; one that is no longer there is not for a page to explain.
 */
export function staticFiles(req: Request, res: Response, next: NextFunction): void {
  if (!req.path.startsWith(ASSETS_PATH) || !['GET', 'HEAD'].includes(req.method)) return next();
  const asset = assets().all.get(req.path);
  if (!asset) return void res.status(404).set('Cache-Control', 'no-store').type('text').send('not found');
  const encoding = asset.encodings.find((encoding) => req.acceptsEncodings(encoding)) ?? 'identity';
  if (asset.encodings.length > 1) res.vary('Accept-Encoding');
  if (encoding !== 'identity') res.set('Content-Encoding', encoding);
  res
    .set({ 'Cache-Control': 'public, max-age=31536000, immutable', ETag: `W/"${asset.hash}"` })
    .type(asset.extension)
    .send(asset.encoded(encoding));
}
