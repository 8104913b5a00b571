import { createEtag, etagMatches } from './etag.ts';
import { createFaultGate, JSON_TYPE } from './fault-answers.ts';
import type { FaultSpec } from './fault-spec.ts';
import { createRouter } from './routes.ts';
import { sendBody, sendText } from './send.ts';
import type { Handler } from './serve.ts';
import { createShape } from './shape.ts';

/** Creates the function that answers requests. Throws PipelineError `usage` immediately if the faults are invalid. */
export function createHandler(seed: number, launches: number, revision: number, faults: string): Handler {
  const route = createRouter(seed, launches, revision);
  const gate = createFaultGate(faults);

  return async (request, response, signal) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const turns = await gate({ request, response, signal }, path);
    if (turns === null) return;

    const found = route(path);
    if (found === null) return sendText(response, 404);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return sendText(response, 405);
    }
    const contentFaults = turns.take('content', path);
    const body = found.body(createShape(seed, contentFaults));
    if (body === null) return sendText(response, 404);

    const etag = createEtag([seed, ...found.etagParts, ...contentFaults.map(contentKey)]);
    response.setHeader('Cache-Control', `max-age=${found.maxAge}`);
    response.setHeader('ETag', etag);
    response.setHeader('Vary', 'Accept-Encoding');
    response.setHeader('Spacex-Api-Cache', 'MISS');
    response.setHeader('Spacex-Api-Response-Time', '1ms');
    if (etagMatches(request.headers['if-none-match'], etag)) {
      response.writeHead(304).end();
      return;
    }
    if (request.method === 'HEAD') {
      response.writeHead(200, JSON_TYPE).end();
      return;
    }
    await sendBody(request, response, body, turns.take('sending', path), signal);
  };
}

function contentKey({ name, value }: FaultSpec): string {
  return `${name}=${value}`;
}
