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
  /** Whether to also accept headers that are not valid HTTP if their meaning is clear. */
  readonly lenient: boolean;
  readonly signal: AbortSignal;
};

export type Connections = {
  readonly send: (request: HttpRequest) => Promise<IncomingMessage>;
  /** Opens a connection to a URL or its proxy, and closes it. */
  readonly reach: (way: Pick<HttpRequest, 'url' | 'proxy'>, signal: AbortSignal) => Promise<void>;
  readonly close: () => void;
};

/** Connects directly, through a proxy tunnel (for https), or to a proxy that receives the full URL (for http). */
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

/** A pool of connections. A request receives a connection only when it is ready, including the TLS handshake. */
function createAgent(open: () => Promise<Socket>): Agent {
  const agent = new Agent({ keepAlive: true });
  agent.createConnection = (_, callback) => {
    const give = callback as (error: Error | null, socket?: Socket) => void; // there is no socket after an error
    open().then(
      (socket) => give(null, socket),
      (error: Error) => give(error),
    );
    return undefined;
  };
  return agent;
}

/**
 * Waits for a response. The time limit applies to the complete headers: neither their first bytes nor a preceding 1xx
 * response extends it.
 */
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
    // Without a listener, an error would crash the process. The error is still reported when the body is read.
    response.on('error', () => undefined);
    // On its own, the body would report only that it was cut short, not why. An error after the end of the body does
    // not matter.
    request.on('error', (error) => response.complete || response.destroy(error));
    resolve(response);
  });
  request.on('upgrade', (_, socket) => {
    socket.destroy();
    reject(new Error('it responded with 101, but no upgrade was requested'));
  });
  request.on('error', reject);
  // Rejects immediately. A request without a connection would wait for one before it fails.
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
