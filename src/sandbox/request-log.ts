import type { IncomingMessage, ServerResponse } from 'node:http';

export type SandboxRequest = {
  readonly method: string;
  readonly path: string;
  /** Null if there is no response or it has not been sent yet. */
  readonly status: number | null;
};

/** Keeps the latest requests, oldest first. */
export type RequestLog = {
  readonly add: (request: IncomingMessage, response: ServerResponse) => void;
  readonly list: () => readonly SandboxRequest[];
};

export function createRequestLog(limit: number): RequestLog {
  const entries: { read: () => SandboxRequest }[] = [];
  return {
    add(request, response) {
      const { method = '', url: path = '' } = request;
      const read = (): SandboxRequest => ({
        method,
        path,
        status: response.headersSent ? response.statusCode : null,
      });
      const entry = { read };
      // Copies the values, so that a closed response can be freed.
      response.once('close', () => {
        const last = read();
        entry.read = () => last;
      });
      entries.push(entry);
      if (entries.length > limit) entries.shift();
    },
    list: () => entries.map((entry) => entry.read()),
  };
}
