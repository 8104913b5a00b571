import { Agent, Pool, ProxyAgent, type Dispatcher } from 'undici';

import { loginOf } from './login.ts';

export type Timeouts = {
  readonly connectTimeoutSeconds: number;
  readonly headersTimeoutSeconds: number;
  readonly bodyTimeoutSeconds: number;
};

export type HttpRequest = {
  readonly url: URL;
  readonly proxy: URL | null;
  readonly method: 'GET' | 'HEAD';
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
};

export type Connections = {
  readonly send: (request: HttpRequest) => Promise<Dispatcher.ResponseData>;
  readonly close: () => Promise<void>;
};

/** A proxy would not make a tunnel. */
export class TunnelError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the proxy answered ${status}`);
    this.status = status;
  }
}

/** Connections by the way to go: straight, through a tunnel for https, or by asking the proxy for a whole URL. */
export function openConnections(seconds: Timeouts): Connections {
  const connectTimeout = seconds.connectTimeoutSeconds * 1000;
  const timeouts = {
    headersTimeout: seconds.headersTimeoutSeconds * 1000,
    bodyTimeout: seconds.bodyTimeoutSeconds * 1000,
  };
  // A dozen requests a run gain nothing by HTTP/2.
  const common = { ...timeouts, connect: { timeout: connectTimeout }, allowH2: false };
  const opened = new Map<string, Dispatcher>();
  const open = (way: string, make: () => Dispatcher): Dispatcher => {
    const dispatcher = opened.get(way) ?? make();
    opened.set(way, dispatcher);
    return dispatcher;
  };

  const tunnelThrough = (proxy: URL): Dispatcher => {
    const token = loginOf(proxy);
    return new ProxyAgent({
      ...timeouts,
      allowH2: false,
      connectTimeout,
      uri: proxy.href,
      ...(token === null ? {} : { token }),
      clientFactory: (origin, options) => createTunnelPool(origin, { ...options, ...timeouts }),
    });
  };

  return {
    send({ url, proxy, method, headers, signal }) {
      const path = `${url.pathname}${url.search}`;
      const request = { origin: url.origin, path, method, headers, signal, ...timeouts };
      if (proxy === null) return open('', () => new Agent(common)).request(request);
      if (url.protocol === 'https:') return open('https:', () => tunnelThrough(proxy)).request(request);
      const login = loginOf(proxy);
      const forwarded = {
        ...request,
        origin: proxy.origin,
        path: url.href,
        headers: { ...headers, host: url.host, ...(login === null ? {} : { 'proxy-authorization': login }) },
        // Else the certificate of an https proxy would have to name the host of the URL.
        servername: proxy.hostname,
      };
      return open('http:', () => new Pool(proxy.origin, common)).request(forwarded);
    },
    async close() {
      await Promise.all([...opened.values()].map((dispatcher) => dispatcher.destroy()));
    },
  };
}

/** ProxyAgent tells the status of a refused tunnel in the text of its error alone. */
function createTunnelPool(origin: URL, options: object): Pool {
  const pool = new Pool(origin, options);
  const connect = pool.connect.bind(pool);
  Reflect.set(pool, 'connect', async (asked: Dispatcher.ConnectOptions) => {
    const answer = await connect(asked);
    if (answer.statusCode === 200) return answer;
    answer.socket.on('error', () => undefined).destroy();
    throw new TunnelError(answer.statusCode);
  });
  return pool;
}
