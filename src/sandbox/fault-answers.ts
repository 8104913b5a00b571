import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';

import { reportError } from '../core/errors.ts';
import { FAULTS_HEADER, parseFaults, type FaultName, type FaultSpec } from './fault-spec.ts';
import { createFaultTurns, createTurnsBySpec, type FaultTurns } from './fault-turns.ts';
import { sendBody, sendHtml, sendText } from './send.ts';

/** A request and its response, with a signal that aborts when the response closes. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
};

/**
 * Applies the faults that delay or replace a response. Returns the remaining faults, or null if a fault has sent the
 * response.
 */
type FaultGate = (exchange: Exchange, path: string) => Promise<FaultTurns | null>;

export const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };
const CHALLENGE =
  '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><h1>Simulated challenge</h1>' +
  '<p>Enable JavaScript and cookies to continue.</p></body></html>';
const PAGE = '<!DOCTYPE html><html><head><title>Simulated page</title></head><body>Not JSON.</body></html>';
const OBJECT = '{"message":"Simulated fault: an object where an array is expected"}';

/** Throws PipelineError `usage` immediately if the faults are invalid. */
export function createFaultGate(faults: string): FaultGate {
  const turnsBySpec = createTurnsBySpec();
  const ownTurns = createFaultTurns(parseFaults(faults));
  return async (exchange, path) => {
    const { request, response, signal } = exchange;
    const turns = readTurns(request, ownTurns, turnsBySpec);
    if (typeof turns === 'string') {
      sendText(response, 400, turns);
      return null;
    }
    for (const { amount } of turns.take('wait', path)) await setTimeout(amount, undefined, { signal });
    const fault = turns.takeAnswer(path);
    if (fault === undefined) return turns;
    await ANSWERS[fault.name]?.(fault, exchange);
    return null;
  };
}

/** The faults for a request, or the message about an invalid header. */
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

type Answer = (fault: FaultSpec, exchange: Exchange) => void | Promise<void>;

const ANSWERS: Partial<Record<FaultName, Answer>> = {
  429: ({ value }, { response }) => {
    if (value !== '') response.setHeader('Retry-After', value);
    sendText(response, 429);
  },
  status: ({ amount }, { response }) => sendText(response, amount),
  challenge: (_, { response }) => {
    response.setHeader('Cf-Mitigated', 'challenge');
    sendHtml(response, 403, CHALLENGE);
  },
  html: (_, { response }) => sendHtml(response, 200, PAGE),
  object: (_, { request, response, signal }) => sendBody(request, response, [OBJECT], [], signal),
  empty: (_, { request, response, signal }) => sendBody(request, response, ['[]'], [], signal),
  reset: (_, { request }) => void request.socket.resetAndDestroy(),
  stall: (_, { response }) => response.writeHead(200, JSON_TYPE).flushHeaders(),
  // The socket stays open until the client or the server closes it.
  hang: () => undefined,
};
