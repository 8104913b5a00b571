import { AbsentError, PipelineError } from '../../../core/errors.ts';
import type { Attempt, Clock, Retry, Tried, Tries } from '../../../core/ports.ts';
import { backoffDelay, parseRetryAfter } from '../../../lib/backoff.ts';
import { RequestError } from '../failures.ts';
import type { Asked } from '../tries.ts';
import { CopyError, OTHER_COPY, type CopyFault } from './copy-error.ts';

/** A way to get a copy. */
export type Way = {
  readonly ask: () => Promise<Asked>;
  /** The URL of the copy, if known in advance. */
  readonly url: string | null;
  /** If this one is of no use: another way to get a copy of the same kind, tried before the next kind. */
  readonly instead: Way | null;
};

export type CopyRetries = {
  readonly maxAttempts: number;
  readonly backoffBaseSeconds: number;
  readonly backoffCapSeconds: number;
  readonly random: () => number;
  readonly clock: Clock;
};

export type CopyTriesOptions = CopyRetries & {
  readonly resource: string;
  /** In order of preference. */
  readonly ways: readonly Way[];
  /** The URL of the copy that we already have; null for none. */
  readonly keptUrl: string | null;
  /** The day that was requested, as `YYYY-MM-DD`; null for the newest copy. */
  readonly until: string | null;
  readonly onRetry: (retry: Retry) => void;
  readonly onTried: (tried: Tried) => void;
  readonly signal: AbortSignal;
};

/**
 * Tries the copies of a page until one of them is usable. Retries temporary failures; if a copy itself is at fault,
 * moves on to the next one. If a host is unreachable, does not replace a newer copy that we have by an older one.
 */
export function openCopyTries(options: CopyTriesOptions): Tries {
  const { clock, keptUrl, maxAttempts, onRetry, onTried, resource, signal, until } = options;
  const attempts: Attempt[] = [];
  const ways = [...options.ways];
  const reasons: string[] = [];
  /** Has every copy so far turned out not to exist? */
  let isAbsent = true;
  /** What to do about a host that failed; such failures may be temporary. */
  let hostHint: string | null = null;
  let tries = 0;
  let started = clock.elapsed();
  let current: Asked | null = null;

  function add(error: PipelineError | null, status: number | null, waitMs: number | null): void {
    const seconds = (clock.elapsed() - started) / 1000;
    const wait_seconds = waitMs === null ? null : waitMs / 1000;
    attempts.push({ status, error: error?.message ?? null, seconds, wait_seconds });
    onTried({ status, seconds });
  }

  function tell(error: PipelineError, status: number | null, wait_seconds: number, elsewhere: boolean): void {
    onRetry({ attempt: attempts.length, status, message: error.message, wait_seconds, elsewhere });
  }

  function letGo(): number | null {
    const status = current?.response.status ?? null;
    current?.letGo();
    current = null;
    return status;
  }

  /** Waits before the next attempt, moves on to the next copy, or throws if neither is possible. */
  async function fail(error: PipelineError, status: number | null): Promise<void> {
    signal.throwIfAborted();
    tries += 1;
    const wait = tries < maxAttempts ? waitBefore(tries, error, options) : null;
    if (wait === null) {
      giveUp(error, status);
      return;
    }
    add(error, status, wait);
    tell(error, status, wait / 1000, false);
    await clock.sleep(wait, signal);
  }

  function giveUp(error: PipelineError, status: number | null): void {
    const way = ways.shift();
    const fault = faultOf(error);
    if (fault === null) hostHint ??= error.hint ?? null;
    reasons.push(reasonOf(error, tries));
    tries = 0;
    // A page that the archive never captured is not in its index either, and a host that is down cannot be asked for
    // it.
    const instead = fault === null || fault === 'absent' ? null : (way?.instead ?? null);
    if (fault !== 'absent' && (instead === null || fault === 'damaged')) isAbsent = false;
    if (instead !== null) ways.unshift(instead);
    const mayGoOn = fault !== null || keptUrl === null || ways.some(({ url }) => url === keptUrl);
    const isLast = ways.length === 0 || !mayGoOn;
    add(error, status, isLast ? null : 0);
    if (isLast) throw ending(error);
    tell(error, status, 0, true);
  }

  function ending(cause: PipelineError | null): PipelineError {
    const all = reasons.join('; ');
    if (isAbsent) {
      const known = all === '' ? '' : ` (${all})`;
      const when = until === null ? '' : ` for ${until}`;
      return new AbsentError(`Cannot get ${resource}: no copy of it is preserved${when}${known}`, {
        cause,
        hint: OTHER_COPY,
      });
    }
    const hint = hostHint ?? cause?.hint ?? OTHER_COPY;
    return new PipelineError(`Cannot get ${resource} from a preserved copy: ${all}`, {
      code: 'source',
      retryAt: cause?.retryAt,
      cause,
      hint,
    });
  }

  return {
    async next() {
      for (;;) {
        const [way] = ways;
        if (way === undefined) throw ending(null);
        started = clock.elapsed();
        try {
          current = await way.ask();
          return current.response;
        } catch (error) {
          if (!(error instanceof PipelineError) || error.code !== 'source') throw error;
          await fail(error, error instanceof RequestError ? error.status : null);
        }
      }
    },
    async failed(error) {
      await fail(error, letGo());
    },
    end() {
      const status = letGo();
      if (status !== null) add(null, status, null);
      return attempts;
    },
  };
}

/** What is wrong with the copy; null if the host is at fault. If the reader rejected the body, the copy is damaged. */
function faultOf(error: PipelineError): CopyFault | null {
  if (error instanceof CopyError) return error.fault;
  return error instanceof RequestError ? null : 'damaged';
}

/** Milliseconds until the next attempt; null if there must be none. */
function waitBefore(
  number: number,
  error: PipelineError,
  { backoffBaseSeconds, backoffCapSeconds, clock, random }: CopyRetries,
): number | null {
  // A copy that the reader rejected will be the same next time.
  if (!(error instanceof RequestError) || !error.retryable) return null;
  const asked = error.retryAfter === null ? null : parseRetryAfter(error.retryAfter, clock.now());
  const backoff = backoffDelay(number, {
    baseMs: backoffBaseSeconds * 1000,
    capMs: backoffCapSeconds * 1000,
    random,
  });
  return Math.max(asked ?? 0, backoff);
}

function reasonOf({ message }: PipelineError, tries: number): string {
  return `${message.replace(/^Cannot \w+ /, '')}${tries > 1 ? ` (${tries} tries)` : ''}`;
}
