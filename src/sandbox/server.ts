import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { PipelineError, reportError } from '../core/errors.ts';
import { SIMULATED_HEADER } from '../core/simulated.ts';
import { createHandler, type Handler } from './handler.ts';
import { createRequestLog, type SandboxRequest } from './request-log.ts';
import { sendText } from './send.ts';
import { REVISIONS } from './universe/universe.ts';

export type SandboxOptions = {
  /** 0, the default, is any free port. */
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly launches?: number | undefined;
  readonly seed?: number | undefined;
  /** A state of the same world, from 1, the oldest, to REVISIONS, the newest and the default. */
  readonly revision?: number | undefined;
  /** See FAULTS_HELP. */
  readonly faults?: string | undefined;
};

export type Sandbox = {
  /** Without a slash at its end. */
  readonly url: string;
  /** The latest thousand, oldest first. */
  readonly requests: () => readonly SandboxRequest[];
  /** Breaks open connections. */
  readonly close: () => Promise<void>;
};

const LOGGED_REQUESTS = 1000;
const MOST_LAUNCHES = 100_000_000;
/** Answers what is not HTTP. */
const BAD_REQUEST = `HTTP/1.1 400 Bad Request\r\n${SIMULATED_HEADER}: true\r\nConnection: close\r\n\r\n`;

/**
 * Serves simulated records as the SpaceX API serves real ones. Throws PipelineError `usage` where an
 * option is wrong or the address cannot be had.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = '127.0.0.1', faults = '' } = options;
  const port = within('port', options.port ?? 0, 0, 65_535);
  const launches = within('launches', options.launches ?? 205, 0, MOST_LAUNCHES);
  const seed = within('seed', options.seed ?? 1, 0, 2 ** 32 - 1);
  const revision = within('revision', options.revision ?? REVISIONS, 1, REVISIONS);
  const handler = createHandler(seed, launches, revision, faults);
  const log = createRequestLog(LOGGED_REQUESTS);

  const server = createServer({ requireHostHeader: false }, (request, response) => {
    log.add(request, response);
    void handle(handler, request, response);
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end(BAD_REQUEST);
  });
  await listen(server, host, port);
  return {
    url: urlOf(server),
    requests: log.list,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function handle(handler: Handler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Closing the server closes every response, so that this ends each wait.
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  try {
    await handler(request, response, closed.signal);
  } catch (error) {
    if (closed.signal.aborted || response.headersSent) response.destroy();
    else sendText(response, 500, reportError(error).message);
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PipelineError(`Cannot start the sandbox on ${host}, port ${port}: ${reason}`, {
      code: 'usage',
      hint: 'Leave the port out, or give 0, to have any free one',
      cause,
    });
  }
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new PipelineError('Cannot tell the address of the sandbox: it does not listen', {
      code: 'internal',
    });
  }
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

function within(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const reason = `${name} must be a whole number from ${least} to ${most}, not ${value}`;
  throw new PipelineError(`Cannot start the sandbox: ${reason}`, { code: 'usage' });
}
