import { Agent, request as openRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

import { dial, dialThrough, hostOf, NO_ANSWER, portOf, type DialLimits } from './dial.ts';
import { loginOf } from './login.ts';

export type Timeouts = {
  readonly connectTimeoutSeconds: number;
  readonly headersTimeoutSeconds: number;
};

export type HttpRequest = {
  readonly url: URL;
  readonly proxy: URL | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Also accept a head that violates HTTP if its meaning is clear. */
  readonly lenient: boolean;
  readonly signal: AbortSignal;
};

export type Connections = {
  readonly send: (request: HttpRequest) => Promise<IncomingMessage>;
  /** Opens a connection along the way to a URL, and closes it. */
  readonly reach: (way: Pick<HttpRequest, 'url' | 'proxy'>, signal: AbortSignal) => Promise<void>;
  readonly close: () => void;
};

/** Connections by route: direct, through a tunnel for https, or by sending the proxy the full URL. */
export function openConnections(seconds: Timeouts): Connections {
  const closing = new AbortController();
  const limits = {
    connectMs: seconds.connectTimeoutSeconds * 1000,
    headersMs: seconds.headersTimeoutSeconds * 1000,
    signal: closing.signal,
  };
  const agents = new Map<string, Agent>();

  function agentFor({ url, proxy }: Pick<HttpRequest, 'url' | 'proxy'>): Agent {
    const way = `${url.origin} ${proxy?.href ?? ''}`;
    const agent = agents.get(way) ?? createAgent(() => connect({ url, proxy }, limits));
    agents.set(way, agent);
    return agent;
  }

  return {
    async send(asked) {
      const { url, proxy, headers, lenient, signal } = asked;
      signal.throwIfAborted();
      const forwarder = isTls(url) ? null : proxy;
      const login = forwarder === null ? null : loginOf(forwarder);
      const request = openRequest({
        agent: agentFor(asked),
        host: hostOf(url),
        port: portOf(url),
        path: forwarder === null ? `${url.pathname}${url.search}` : url.href,
        headers: {
          ...headers,
          host: url.host,
          ...(login === null ? {} : { 'proxy-authorization': login }),
        },
        insecureHTTPParser: lenient,
        signal,
      });
      return answerTo(request, limits.headersMs, signal);
    },
    async reach(way, signal) {
      const socket = await connect(way, { ...limits, signal: AbortSignal.any([closing.signal, signal]) });
      socket.destroy();
    },
    close() {
      closing.abort();
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function connect({ url, proxy }: Pick<HttpRequest, 'url' | 'proxy'>, limits: DialLimits): Promise<Socket> {
  if (proxy === null) return dial(url, limits);
  return isTls(url) ? dialThrough(proxy, url, limits) : dial(proxy, limits);
}

function isTls({ protocol }: URL): boolean {
  return protocol === 'https:';
}

/** A pool of connections. A request gets one only when it is ready, including TLS. */
function createAgent(open: () => Promise<Socket>): Agent {
  const agent = new Agent({ keepAlive: true });
  agent.createConnection = (_, callback) => {
    const give = callback as (error: Error | null, socket?: Socket) => void; // without a socket after an error
    open().then(
      (socket) => give(null, socket),
      (error: Error) => give(error),
    );
    return undefined;
  };
  return agent;
}

/** The limit covers the complete head: neither its first bytes nor a 1xx response before it extend the limit. */
async function answerTo(
  request: ClientRequest,
  headersMs: number,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  let timer: NodeJS.Timeout | undefined;
  request.on('socket', () => {
    timer = setTimeout(() => request.destroy(new Error(NO_ANSWER)), headersMs);
  });
  request.on('response', (response) => {
    // The body keeps an error for its reader, who may come later.
    response.on('error', () => undefined);
    // Otherwise the body would only report that it was cut short, not why. Whatever follows its end is not part of it.
    request.on('error', (error) => response.complete || response.destroy(error));
    resolve(response);
  });
  request.on('upgrade', (_, socket) => {
    socket.destroy();
    reject(new Error('it responded with 101, which was not requested'));
  });
  request.on('error', reject);
  // A request without a connection would first wait for one before failing.
  const interrupt = (): void => reject(signal.reason);
  signal.addEventListener('abort', interrupt);
  request.end();
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', interrupt);
  }
}
