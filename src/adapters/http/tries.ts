import { PipelineError } from '../../core/errors.ts';
import type { Attempt, Clock, PageRequest, Tries, UpstreamResponse } from '../../core/ports.ts';
import { backoffDelay, parseRetryAfter } from '../../lib/backoff.ts';
import { RequestError } from './failures.ts';

/** A response, and a function that releases its connection. */
export type OpenResponse = { readonly response: UpstreamResponse; readonly release: () => void };

/** What to do after a failed attempt: wait and try again, or end the request with an error. */
export type Next = { readonly waitMs: number; readonly elsewhere: boolean } | PipelineError;

export type TriesOptions = Pick<PageRequest, 'onRetry' | 'onTried'> & {
  /**
   * Waits until a request may be sent, and returns the function that sends it. Throws if there is nothing left to
   * request.
   */
  readonly turn: () => Promise<() => Promise<OpenResponse>>;
  /** Called after each attempt with the status of the response, or null if there was no response. */
  readonly count?: (status: number | null) => void;
  /** Decides what to do after a failed attempt. `number` counts the attempts from 1. */
  readonly judge: (error: PipelineError, status: number | null, number: number) => Promise<Next>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/**
 * The only retry loop. It covers the complete request, including the body, because the caller reports whether it could
 * read the body.
 */
export function openTries(options: TriesOptions): Tries {
  const { clock, count = () => undefined, judge, onRetry, onTried, signal, turn } = options;
  const attempts: Attempt[] = [];
  let started = clock.elapsed();
  /** The response that the caller is working on. */
  let current: OpenResponse | null = null;

  function add(attempt: Attempt): void {
    attempts.push(attempt);
    onTried({ status: attempt.status, seconds: attempt.seconds });
  }

  function secondsSoFar(): number {
    return (clock.elapsed() - started) / 1000;
  }

  /** Releases the connection. Returns the status of its response, or null if there was no response. */
  function release(): number | null {
    const status = current?.response.status ?? null;
    current?.release();
    current = null;
    return status;
  }

  /** Waits before the next attempt, or throws the error that ends the request. */
  async function fail(error: PipelineError, status: number | null): Promise<void> {
    signal.throwIfAborted();
    const seconds = secondsSoFar();
    count(status);
    const next = await judge(error, status, attempts.length + 1);
    const failed = { status, error: error.message, seconds };
    if (next instanceof PipelineError) {
      add({ ...failed, wait_seconds: null });
      throw next;
    }
    const wait_seconds = next.waitMs / 1000;
    add({ ...failed, wait_seconds });
    const { message } = error;
    onRetry({ attempt: attempts.length, status, message, wait_seconds, elsewhere: next.elsewhere });
    if (!next.elsewhere) await clock.sleep(next.waitMs, signal);
  }

  return {
    async next() {
      for (;;) {
        const ask = await turn();
        started = clock.elapsed();
        try {
          current = await ask();
          return current.response;
        } catch (error) {
          if (!(error instanceof PipelineError) || error.code !== 'source') throw error;
          await fail(error, error instanceof RequestError ? error.status : null);
        }
      }
    },
    async failed(error) {
      await fail(error, release());
    },
    end() {
      const status = release();
      if (status === null) return attempts;
      count(status);
      add({ status, error: null, seconds: secondsSoFar(), wait_seconds: null });
      return attempts;
    },
  };
}

export type Retries = {
  readonly maxAttempts: number;
  readonly backoffBaseSeconds: number;
  readonly backoffCapSeconds: number;
  readonly random: () => number;
  readonly clock: Clock;
};

/** Milliseconds to wait after attempt `number`, which starts at 1, if the server does not request a different wait. */
export function backoffMs(
  number: number,
  { backoffBaseSeconds, backoffCapSeconds, random }: Retries,
): number {
  return backoffDelay(number, { baseMs: backoffBaseSeconds * 1000, capMs: backoffCapSeconds * 1000, random });
}

/** The wait that a failed response requests, in milliseconds; null if it does not request one. */
export function requestedWaitMs(error: PipelineError, { clock }: Pick<Retries, 'clock'>): number | null {
  const header = error instanceof RequestError ? error.retryAfter : null;
  return header === null ? null : parseRetryAfter(header, clock.now());
}
