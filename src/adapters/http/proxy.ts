import { BlockList, isIP } from 'node:net';

import { isLoopback } from '../../lib/loopback.ts';

/** The values of HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
export type ProxySettings = {
  readonly httpProxy: string | null;
  readonly httpsProxy: string | null;
  readonly noProxy: string | null;
};

/** The proxy to use for a URL; null for none. Requests to this machine never use one. */
export function proxyFor(url: URL, { httpProxy, httpsProxy, noProxy }: ProxySettings): URL | null {
  const proxy = url.protocol === 'https:' ? httpsProxy : httpProxy;
  if (proxy === null || isLoopback(url.hostname)) return null;
  const exceptions = (noProxy ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  return exceptions.some((entry) => names(entry, url)) ? null : URL.parse(proxy);
}

/**
 * True if an entry of NO_PROXY matches the host. An entry is `*`, or a domain (which includes its subdomains), an
 * address or a range, with or without a port.
 */
function names(entry: string, url: URL): boolean {
  if (entry === '*') return true;
  const port = isIP(entry) === 0 ? /:(\d+)$/.exec(entry)?.[1] : undefined;
  if (port !== undefined && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false;
  const host = bare(url.hostname);
  const name = bare(port === undefined ? entry : entry.slice(0, -port.length - 1)).replace(/^\*?\./, '');
  return name !== '' && (host === name || host.endsWith(`.${name}`) || isWithin(name, host));
}

function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

/** `10.0.0.0/8` */
function isWithin(range: string, address: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const family = isIP(network);
  const isRange = family !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
  if (!isRange || isIP(address) !== family) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}
