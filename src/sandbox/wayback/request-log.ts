import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';

import { createRequestLog, type SandboxRequest } from '../request-log.ts';

export type WaybackRequest = SandboxRequest & {
  /** Milliseconds since the first request. */
  readonly at: number;
  /** The number of other requests in progress when the request arrived. */
  readonly others: number;
  readonly headers: Readonly<Record<string, string>>;
};

export type WaybackLog = {
  readonly add: (request: IncomingMessage, response: ServerResponse) => void;
  readonly list: () => readonly WaybackRequest[];
};

/** The latest requests, oldest first. */
export function createWaybackLog(limit: number): WaybackLog {
  const answers = createRequestLog(limit);
  const arrivals: Pick<WaybackRequest, 'at' | 'others' | 'headers'>[] = [];
  let open = 0;
  let first: number | null = null;
  return {
    add(request, response) {
      const now = performance.now();
      first ??= now;
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      arrivals.push({ at: now - first, others: open, headers });
      if (arrivals.length > limit) arrivals.shift();
      open += 1;
      response.once('close', () => void (open -= 1));
      answers.add(request, response);
    },
    list: () =>
      answers
        .list()
        .map((answer, index) => ({ ...answer, ...(arrivals[index] ?? { at: 0, others: 0, headers: {} }) })),
  };
}
