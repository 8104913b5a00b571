import { PipelineError } from '../core/errors.ts';
import type { Emit, QuotaFacts } from '../core/events.ts';
import type { Clock, Upstream } from '../core/ports.ts';
import type { Quota } from '../core/quota.ts';

/** The requests that the source still allows. */
export type Quotas = {
  /** The current quota. Asks the source if it has not been asked before. */
  readonly facts: () => Promise<QuotaFacts>;
  /**
   * Call this before each request. `pages` is the number of pages received. Throws PipelineError `source` if no
   * requests are left.
   */
  readonly spend: (resource: string, pages: number) => Promise<void>;
};

type Context = {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  readonly run: { readonly source: string };
};

/** Asks the source once, and then counts requests. If the count reaches zero, it asks again. */
export function openQuotas({ clock, emit, run, signal, upstream }: Context): Quotas {
  let quota: Quota | null = null;
  let asked = false;
  /** True if no request has been sent since the source was asked. */
  let isFresh = false;
  let left: number | null = null;

  async function ask(): Promise<void> {
    quota = await upstream.quota(signal);
    asked = true;
    isFresh = true;
    left = quota?.left ?? null;
    if (quota === null) return;
    emit({ type: 'quota.read', left: quota.left, limit: quota.limit, window_seconds: quota.seconds });
  }

  return {
    async facts() {
      if (!asked) await ask();
      return { quota_left: left, quota_limit: quota?.limit ?? null, quota_seconds: quota?.seconds ?? null };
    },
    async spend(resource, pages) {
      if (!asked || (left === 0 && !isFresh)) await ask();
      if (quota !== null && left === 0) throw usedUp(resource, pages, quota, { clock, run, upstream });
      isFresh = false;
      if (left !== null) left -= 1;
    },
  };
}

function usedUp(
  resource: string,
  pages: number,
  { limit, nextSeconds, seconds }: Quota,
  { clock, run, upstream: { forMore } }: Pick<Context, 'clock' | 'run' | 'upstream'>,
): PipelineError {
  const at = new Date(clock.now() + Math.max(1, nextSeconds) * 1000);
  const per = seconds === 3600 ? 'per hour' : `per ${seconds} s`;
  const have = pages === 1 ? '1 page has' : `${pages} pages have`;
  const how = forMore === null ? ' with' : `, or now with a token, which allows more requests (${forMore})`;
  return new PipelineError(
    `Cannot finish ${resource} yet: all ${limit} requests ${per} are used up, and ${have} arrived. The pull can continue at ${at.toISOString()}`,
    {
      code: 'source',
      retryAt: at,
      hint: `Continue at that time${how}: spacex-pipeline run --source ${run.source}`,
    },
  );
}
