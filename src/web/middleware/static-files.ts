import path from 'node:path';
import type { RequestHandler } from 'express';
import { ASSETS_PATH } from '../assets/asset.ts';
import { assets } from '../assets/assets.ts';

const FOR_EVER = 'public, max-age=31536000, immutable';

/**
 * Styles, scripts, icons and the typeface from memory, by address. What an address answers never changes, since the
 * hash of the file is part of it. While versions change, a page of another process may name another hash: it gets the
 * file of this one, which nobody keeps. A name that there is not gets a short answer, not a page.
 */
export function staticFiles(): RequestHandler {
  // Read now, so that a process whose files are not complete does not start.
  assets();
  return (req, res, next) => {
    if (!req.path.startsWith(ASSETS_PATH) || !['GET', 'HEAD'].includes(req.method)) return next();
    const exact = assets().all.get(req.path);
    const asset = exact ?? assets().byName.get(path.basename(req.path));
    if (!asset) return void res.status(404).set('Cache-Control', 'no-store').type('text').send('not found');
    const encoding = asset.encodings.find((encoding) => req.acceptsEncodings(encoding)) ?? 'identity';
    if (asset.encodings.length > 1) res.vary('Accept-Encoding');
    if (encoding !== 'identity') res.set('Content-Encoding', encoding);
    res
      .set({ 'Cache-Control': exact ? FOR_EVER : 'no-store', ETag: `W/"${asset.hash}"` })
      .type(asset.extension)
      .send(asset.encoded(encoding));
  };
}
