import type { IncomingMessage } from 'node:http';

import type { Log } from '../../core/ports.ts';
import type { Connections, HttpRequest } from './connections.ts';
import { failed, isOddHead, reasonAt, type Place } from './failures.ts';

const REACH_TIMEOUT_MS = 2500;

export type SenderOptions = {
  readonly connections: Connections;
  /** Called before a second request within one attempt. */
  readonly turn: (signal: AbortSignal) => Promise<void>;
  readonly log: Log;
};

export type Send = (
  place: Place,
  request: Omit<HttpRequest, 'lenient' | keyof Place>,
) => Promise<IncomingMessage>;

/**
 * Sends single requests; if the head of a response violates HTTP, repeats the request and reads the response leniently.
 */
export function createSender({ connections, turn, log }: SenderOptions): Send {
  /** Has a head violated HTTP? Then more will. */
  let lenient = false;

  return async (place, request) => {
    const strict = !lenient;
    try {
      return await connections.send({ ...place, ...request, lenient });
    } catch (error) {
      if (!strict || !isOddHead(error)) throw failed(place, error);
    }
    lenient = true;
    log.debug('the head of the answer breaks the rules of HTTP: asking again, to read it leniently');
    await turn(request.signal);
    return connections.send({ ...place, ...request, lenient }).catch((error: unknown) => {
      throw failed(place, error);
    });
  };
}

/** Why a place is unreachable, found by opening a connection without sending a request; null if it is reachable. */
export async function reachPlace(
  connections: Connections,
  place: Place,
  signal: AbortSignal,
): Promise<string | null> {
  const timeout = AbortSignal.timeout(REACH_TIMEOUT_MS);
  try {
    await connections.reach(place, AbortSignal.any([signal, timeout]));
    return null;
  } catch (error) {
    signal.throwIfAborted();
    const late = `no connection within ${REACH_TIMEOUT_MS / 1000} s`;
    return timeout.aborted ? reasonAt(place, late) : failed(place, error).reason;
  }
}
