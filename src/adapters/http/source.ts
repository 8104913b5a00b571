import { PipelineError } from '../../core/errors.ts';
import type { Attempt, Clock, Source, SourceRequest, SourceResponse } from '../../core/ports.ts';
import { backoffDelay, parseRetryAfter } from '../../lib/backoff.ts';
import { createTokenBucket } from '../../lib/token-bucket.ts';
import { createTransport, type Transport, type TransportOptions } from './transport.ts';

export type HttpSourceOptions = Omit<TransportOptions, 'turn'> & {
  /** What the ledger remembers: `live`, `sandbox` or the base URL. */
  readonly name: string;
  readonly maxAttempts: number;
  readonly maxRetryAfterSeconds: number;
  readonly backoffBaseSeconds: number;
  readonly backoffCapSeconds: number;
  readonly requestsPerSecond: number;
  readonly clock: Clock;
  readonly random: () => number;
};

const TOO_MANY_REQUESTS = 429;

type Consume<T> = (response: SourceResponse) => Promise<T>;

/** An HTTP API. One retry loop around the whole request; every try takes from one request budget. */
export function openHttpSource(options: HttpSourceOptions): Source & { readonly close: () => Promise<void> } {
  const { clock, log } = options;
  const budget = createTokenBucket({
    perSecond: options.requestsPerSecond,
    burst: 1,
    clock,
  });
  const transport = createTransport({ ...options, turn: budget.take });

  async function fetch<T>(
    request: SourceRequest,
    consume: Consume<T>,
    signal: AbortSignal,
  ): Promise<{ result: T; attempts: readonly Attempt[] }> {
    const attempts: Attempt[] = [];
    let { etag } = request;
    for (let number = 1; ; number += 1) {
      await budget.take(signal);
      const started = clock.elapsed();
      const outcome = await tryOnce(transport, { ...request, etag }, consume, signal);
      const seconds = (clock.elapsed() - started) / 1000;
      if ('result' in outcome) {
        attempts.push({ status: outcome.status, error: null, seconds, wait_seconds: null });
        return { result: outcome.result, attempts };
      }
      signal.throwIfAborted();
      const { status, error } = outcome;
      const waitMs = number < options.maxAttempts ? waitBefore(number, error) : null;
      const again = typeof waitMs === 'number';
      attempts.push({ status, error: error.message, seconds, wait_seconds: again ? waitMs / 1000 : null });
      if (!again) throw spent(waitMs ?? error, attempts);
      log.warn(`${error.message}; next try in ${(waitMs / 1000).toFixed(1)} s`, {
        path: request.path,
        attempt: number,
        status,
        wait_seconds: waitMs / 1000,
      });
      if (error.context['unconditional'] === true) etag = null;
      // It is told to the client, whatever the path was.
      if (status === TOO_MANY_REQUESTS) budget.hold(waitMs);
      await clock.sleep(waitMs, signal);
    }
  }

  /** Milliseconds until the next try; null where there must be none, or the error that says why it is too far off. */
  function waitBefore(number: number, error: PipelineError): number | PipelineError | null {
    if (!error.retryable) return null;
    const asked = error.context['retry_after'];
    const retryAfter = typeof asked === 'string' ? parseRetryAfter(asked, clock.now()) : null;
    const backoff = backoffDelay(number, {
      baseMs: options.backoffBaseSeconds * 1000,
      capMs: options.backoffCapSeconds * 1000,
      random: options.random,
    });
    if (retryAfter === null) return backoff;
    if (retryAfter <= options.maxRetryAfterSeconds * 1000) return Math.max(retryAfter, backoff);
    return new PipelineError(
      `${error.message}, and asks to come back ${momentOf(clock.now() + retryAfter)}`,
      {
        code: 'source',
        cause: error,
        context: error.context,
        hint: `Start the run again then, or raise source.maxRetryAfterSeconds (now ${options.maxRetryAfterSeconds}).`,
      },
    );
  }

  return {
    name: options.name,
    fetch,
    async probe(path, signal) {
      await budget.take(signal);
      return transport.probe(path, signal);
    },
    hide: transport.hide,
    close: async () => transport.close(),
  };
}

/** The last moment that Date knows, and that a year in four digits can name. */
const LATEST = Date.UTC(9999, 11, 31);

function momentOf(time: number): string {
  return time > LATEST ? 'after the year 9999' : `at ${new Date(time).toISOString()}`;
}

type Outcome<T> =
  | { readonly status: number; readonly result: T }
  | { readonly status: number | null; readonly error: PipelineError };

async function tryOnce<T>(
  transport: Transport,
  request: SourceRequest,
  consume: Consume<T>,
  signal: AbortSignal,
): Promise<Outcome<T>> {
  try {
    return await transport.get(
      request,
      async (response) => ({ status: response.status, result: await consume(response) }),
      signal,
    );
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code !== 'source') throw error;
    const status = error.context['status'];
    return { status: typeof status === 'number' ? status : null, error };
  }
}

function spent(error: PipelineError, attempts: readonly Attempt[]): PipelineError {
  const tries = attempts.length === 1 ? '' : ` (${attempts.length} tries)`;
  return new PipelineError(`${error.message}${tries}`, {
    code: 'source',
    cause: error,
    hint: error.hint,
    context: { ...error.context, attempts },
  });
}
