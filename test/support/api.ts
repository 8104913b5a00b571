import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

import { SIMULATED_HEADER } from '../../src/core/simulated.ts';
import { FAULTS_HEADER } from '../../src/sandbox/fault-spec.ts';
import { startSandbox } from '../../src/sandbox/server.ts';

export const ROCKETS = '/v4/rockets';
export const LAUNCHES = '/v5/launches';

/** Holds a response after this many bytes of its body until the gate is opened. */
export type Gate = {
  readonly after: number;
  /** Fulfilled when the bytes before the gate have been sent. */
  readonly reached: Promise<void>;
  readonly open: () => void;
};

export type Reply = {
  readonly body: string | Buffer;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly gate?: Gate;
};

export type ApiRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** In milliseconds, on a monotonic clock. */
  readonly at: number;
  readonly status: number;
};

export type Api = {
  readonly url: string;
  /** Oldest first. */
  readonly requests: readonly ApiRequest[];
  /** Fulfilled with the next request that has this method and path. */
  readonly next: (method: string, path: string) => Promise<ApiRequest>;
  readonly set: (path: string, reply: Reply) => void;
  readonly close: () => Promise<void>;
};

/**
 * Starts an API that serves the given responses, with ETag and 304. Its records count as real unless `simulated` is
 * set.
 */
export async function startApi(
  replies: Readonly<Record<string, Reply>>,
  options: { readonly simulated?: boolean } = {},
): Promise<Api> {
  const current = new Map(Object.entries(replies));
  const requests: ApiRequest[] = [];
  const waiting = new Set<(request: ApiRequest) => void>();
  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    const reply = current.get(path) ?? { status: 404, body: 'Not Found' };
    const etag = etagOf(reply.body);
    const status = headers['if-none-match'] === etag ? 304 : (reply.status ?? 200);
    const seen = { method, path, headers, at: performance.now(), status };
    requests.push(seen);
    for (const tell of waiting) tell(seen);
    response.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      etag,
      ...(options.simulated === true ? { [SIMULATED_HEADER]: 'true' } : {}),
      ...reply.headers,
    });
    if (method === 'HEAD' || status === 304) response.end();
    else send(response, reply);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('Cannot determine the port of the API');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    next: (method, path) =>
      new Promise((resolve) => {
        const tell = (seen: ApiRequest): void => {
          if (seen.method !== method || seen.path !== path) return;
          waiting.delete(tell);
          resolve(seen);
        };
        waiting.add(tell);
      }),
    set: (path, reply) => void current.set(path, reply),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** An ETag like the real API's: the length and SHA-1 of the body. */
function etagOf(body: string | Buffer): string {
  const digest = createHash('sha1').update(body).digest('base64').slice(0, 27);
  return `"${Buffer.byteLength(body).toString(16)}-${digest}"`;
}

function send(response: ServerResponse, { body, gate }: Reply): void {
  const bytes = Buffer.from(body);
  const own = gate === undefined ? undefined : GATES.get(gate);
  if (gate === undefined || own === undefined) {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, gate.after), () => own.reach());
  void own.opened.then(() => response.end(bytes.subarray(gate.after)));
}

const GATES = new WeakMap<Gate, { readonly reach: () => void; readonly opened: Promise<void> }>();

export function createGate(after: number): Gate {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  const gate = { after, reached: reached.promise, open: opened.resolve };
  GATES.set(gate, { reach: reached.resolve, opened: opened.promise });
  return gate;
}

/** The sandbox's response bodies, which a test can serve as real records or change. */
export async function sandboxReplies(
  options: { readonly launches?: number; readonly seed?: number; readonly faults?: string } = {},
): Promise<{ readonly [ROCKETS]: Reply; readonly [LAUNCHES]: Reply }> {
  const { faults = '', ...rest } = options;
  const sandbox = await startSandbox(rest);
  const read = async (path: string): Promise<Reply> => {
    const headers = { [FAULTS_HEADER]: faults, 'accept-encoding': 'identity' };
    const response = await fetch(sandbox.url + path, { headers });
    return { body: Buffer.from(await response.arrayBuffer()) };
  };
  const [rockets, launches] = await Promise.all([read(ROCKETS), read(LAUNCHES)]);
  await sandbox.close();
  return { [ROCKETS]: rockets, [LAUNCHES]: launches };
}
