import type { IncomingMessage, ServerResponse } from 'node:http';

import { reportError } from '../core/errors.ts';
import { createEtag, etagMatches } from './etag.ts';
import { FAULTS_HEADER, parseFaults, type FaultName, type FaultSpec } from './fault-spec.ts';
import { createFaultTurns, createTurnsBySpec, type FaultTurns } from './fault-turns.ts';
import { createRouter } from './routes.ts';
import { sendBody, sendHtml, sendText } from './send.ts';
import type { Handler } from './serve.ts';
import { createShape } from './shape.ts';

const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };
const CHALLENGE =
  '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><h1>Simulated challenge</h1>' +
  '<p>Enable JavaScript and cookies to continue.</p></body></html>';
const PAGE = '<!DOCTYPE html><html><head><title>Simulated page</title></head><body>Not JSON.</body></html>';
const OBJECT = '{"message":"Simulated fault: an object where an array is due"}';

/** Answers one request. Throws PipelineError `usage` at once where the faults cannot be read. */
export function createHandler(seed: number, launches: number, revision: number, faults: string): Handler {
  const route = createRouter(seed, launches, revision);
  const turnsBySpec = createTurnsBySpec();
  const ownTurns = createFaultTurns(parseFaults(faults));

  return async (request, response, signal) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const turns = readTurns(request, ownTurns, turnsBySpec);
    if (typeof turns === 'string') return sendText(response, 400, turns);

    const fault = turns.takeAnswer(path);
    if (fault !== undefined) return FAULT_ANSWERS[fault.name]?.({ fault, request, response, signal });

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

/** The faults of a request, or what is wrong with those in its header. */
function readTurns(
  request: IncomingMessage,
  ownTurns: FaultTurns,
  turnsBySpec: (spec: string) => FaultTurns,
): FaultTurns | string {
  const header = request.headers[FAULTS_HEADER];
  if (header === undefined) return ownTurns;
  try {
    return turnsBySpec(String(header));
  } catch (error) {
    return reportError(error).message;
  }
}

function contentKey({ name, value }: FaultSpec): string {
  return `${name}=${value}`;
}

type Answer = (exchange: {
  readonly fault: FaultSpec;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
}) => void | Promise<void>;

const FAULT_ANSWERS: Partial<Record<FaultName, Answer>> = {
  429: ({ fault, response }) => {
    if (fault.value !== '') response.setHeader('Retry-After', fault.value);
    sendText(response, 429);
  },
  status: ({ fault, response }) => sendText(response, fault.amount),
  challenge: ({ response }) => {
    response.setHeader('Cf-Mitigated', 'challenge');
    sendHtml(response, 403, CHALLENGE);
  },
  html: ({ response }) => sendHtml(response, 200, PAGE),
  object: ({ request, response, signal }) => sendBody(request, response, [OBJECT], [], signal),
  empty: ({ request, response, signal }) => sendBody(request, response, ['[]'], [], signal),
  reset: ({ request }) => void request.socket.resetAndDestroy(),
  stall: ({ response }) => response.writeHead(200, JSON_TYPE).flushHeaders(),
  // The socket stays open until the client or the server closes it.
  hang: () => undefined,
};
