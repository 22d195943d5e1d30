import { isIPv6, SocketAddress } from 'node:net';
import type { Request } from 'express';
import type { Config } from '../platform/config.ts';

/** An absolute address on this site: from the configuration; only a site without one asks the request. */
export function siteUrl(req: Request, config: Pick<Config, 'publicUrl' | 'host'>, path: string): string {
  const said = `${req.protocol}://${req.get('host')}`;
  const here = URL.canParse(said) ? said : ownUrl(req, config);
  return `${config.publicUrl ?? here}${path}`;
}

/** Where a gateway on this machine reports to: this process itself, whatever stands before it. */
export function webhookUrl(req: Request, config: Pick<Config, 'host'>, gateway: string): string {
  return `${ownUrl(req, config)}/webhooks/${gateway}`;
}

const ownUrl = (req: Request, { host }: Pick<Config, 'host'>) => listeningUrl(host, req.socket.localPort ?? 80);

/** The address of a process that listens on `host`; on every interface, that of the loopback. */
export function listeningUrl(host: string, port: number): string {
  if (!isIPv6(host)) return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
  const { address } = new SocketAddress({ address: host, family: 'ipv6' });
  return `http://[${address === '::' ? '::1' : address}]:${port}`;
}
