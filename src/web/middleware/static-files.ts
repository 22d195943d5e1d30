import type { RequestHandler } from 'express';
import { ASSETS_PATH } from '../assets/asset.ts';
import { assets } from '../assets/assets.ts';

/**
 * Styles, scripts, icons and the typeface from memory, by address. What an address answers never changes, since the
 * hash of the file is part of it. One that is no longer there gets a short answer, not a page.
 */
export function staticFiles(): RequestHandler {
  // Read now, so that a process whose files are not complete does not start.
  assets();
  return (req, res, next) => {
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
  };
}
