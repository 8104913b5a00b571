import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { PipelineError, reportError } from '../core/errors.ts';
import { SIMULATED_HEADER } from '../core/simulated.ts';
import { sendText } from './send.ts';

/** Answers one request. The signal aborts when the response closes. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
) => Promise<void>;

export type Served = {
  /** Has no trailing slash. */
  readonly url: string;
  /** Breaks open connections. */
  readonly close: () => Promise<void>;
};

export type ServeOptions = {
  /** Use 0 for any free port. */
  readonly port: number;
  readonly host: string;
  /** Whether to mark each response as simulated. */
  readonly marked: boolean;
};

/** Throws PipelineError `usage` if the address is unavailable. */
export async function serve(handler: Handler, { port, host, marked }: ServeOptions): Promise<Served> {
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    if (marked) response.setHeader(SIMULATED_HEADER, 'true');
    void handle(handler, request, response);
  });
  // Responds to anything that is not HTTP.
  const mark = marked ? `${SIMULATED_HEADER}: true\r\n` : '';
  const badRequest = `HTTP/1.1 400 Bad Request\r\n${mark}Connection: close\r\n\r\n`;
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end(badRequest);
  });
  await listen(server, host, port);
  return {
    url: urlOf(server),
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
  // Closing the server closes every response and thereby ends every wait.
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
      hint: 'Omit the port, or use 0 for any free port',
      cause,
    });
  }
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new PipelineError('Cannot find the address of the sandbox: it is not listening', {
      code: 'internal',
    });
  }
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}
