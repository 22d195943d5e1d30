import type { Request } from 'express';
import type { Config } from '../config.ts';

/** An absolute address on this site: from the configuration; only a site without one asks the request. */
export function siteUrl(req: Request, config: Pick<Config, 'publicUrl'>, path: string): string {
  const said = `${req.protocol}://${req.get('host')}`;
  const here = URL.canParse(said) ? said : `http://127.0.0.1:${req.socket.localPort}`;
  return `${config.publicUrl ?? here}${path}`;
}

/** Where a gateway on this machine reports to: this process's own port, whatever stands before it. */
export function webhookUrl(req: Request, gateway: string): string {
  return `http://127.0.0.1:${req.socket.localPort}/webhooks/${gateway}`;
}
