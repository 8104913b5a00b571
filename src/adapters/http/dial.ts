import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { loginOf } from './login.ts';

export type DialLimits = {
  /** The time limit for a connection, and for the TLS handshake over an existing connection. */
  readonly connectMs: number;
  /** The time limit for a proxy's response to a request for a tunnel. */
  readonly headersMs: number;
  readonly signal: AbortSignal;
};

/** A proxy refused to open a tunnel. */
export class TunnelError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the proxy responded with ${status}`);
    this.status = status;
  }
}

/** Connects to the host of a URL, with TLS for https. Fails if the connection is not ready in time. */
export async function dial(url: URL, limits: DialLimits): Promise<Socket> {
  const host = hostOf(url);
  const socket =
    url.protocol === 'https:'
      ? connectTls({ host, port: portOf(url), ...tlsOptions(host) })
      : connect({ host, port: portOf(url) });
  return ready(socket.setKeepAlive(true).setNoDelay(true), limits);
}

/** Connects to the host of a URL with TLS, through a proxy tunnel. */
export async function dialThrough(proxy: URL, url: URL, limits: DialLimits): Promise<Socket> {
  const host = hostOf(url);
  const socket = await openTunnel(await dial(proxy, limits), proxy, url, limits);
  return ready(connectTls({ socket, host, ...tlsOptions(host) }), limits);
}

async function openTunnel(socket: Socket, proxy: URL, url: URL, limits: DialLimits): Promise<Socket> {
  const { headersMs, signal } = limits;
  const target = `${url.hostname}:${portOf(url)}`;
  const login = loginOf(proxy);
  const request = httpRequest({
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...(login === null ? {} : { 'proxy-authorization': login }) },
    createConnection: () => socket,
    signal,
  });
  const timer = setTimeout(() => request.destroy(new Error(NO_ANSWER)), headersMs);
  try {
    const answered = once(request, 'connect') as Promise<[IncomingMessage, Socket, Buffer]>; // as documented by Node
    request.end();
    const [{ statusCode = 0 }, tunnel, head] = await answered;
    if (statusCode < 200 || statusCode > 299) throw new TunnelError(statusCode);
    if (head.byteLength > 0) tunnel.unshift(head);
    return tunnel;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

export const NO_ANSWER = 'no response arrived in time';

/** Waits until a socket is connected. If it uses TLS, this includes the TLS handshake. */
async function ready(socket: Socket, { connectMs, signal }: DialLimits): Promise<Socket> {
  // Without a listener, an error before the first request would crash the process. The request will find the connection
  // closed.
  socket.on('error', () => undefined);
  const timer = setTimeout(() => socket.destroy(new Error('connecting took too long')), connectMs);
  try {
    await once(socket, 'encrypted' in socket ? 'secureConnect' : 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function tlsOptions(host: string) {
  // An IP address is not a valid server name. Does not offer HTTP/2, because it would not speed up a dozen requests per
  // run.
  return { servername: isIP(host) === 0 ? host : '', ALPNProtocols: ['http/1.1'] };
}

/** The host of a URL, without the brackets around an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

export function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80));
}
