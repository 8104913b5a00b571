import { PipelineError } from '../core/errors.ts';
import type { Clock, Upstream } from '../core/ports.ts';
import type { Quota } from '../core/quota.ts';

/** Requests that the source still allows. */
export type Quotas = {
  /** Before a request. `pages`: those that have come. Throws PipelineError `source` where none is left. */
  readonly spend: (resource: string, pages: number) => Promise<void>;
  /** Null where nobody knows. */
  readonly left: () => number | null;
};

/** Asks the source once, and counts from then on; where nothing is left by that count, it asks again. */
export function openQuotas(upstream: Upstream, clock: Clock, signal: AbortSignal): Quotas {
  let quota: Quota | null = null;
  let asked = false;
  let left: number | null = null;

  async function ask(): Promise<void> {
    quota = await upstream.quota(signal);
    asked = true;
    left = quota?.left ?? null;
  }

  return {
    async spend(resource, pages) {
      if (!asked || left === 0) await ask();
      if (quota !== null && left === 0) throw usedUp(resource, pages, quota, clock.now());
      if (left !== null) left -= 1;
    },
    left: () => left,
  };
}

function usedUp(
  resource: string,
  pages: number,
  { limit, nextSeconds, seconds }: Quota,
  now: number,
): PipelineError {
  const at = new Date(now + Math.max(1, nextSeconds) * 1000);
  const per = seconds === 3600 ? 'an hour' : `in ${seconds} s`;
  return new PipelineError(
    `Cannot finish ${resource} yet: all ${limit} requests ${per} are used up, and ${pages} pages have come. It can go on at ${at.toISOString()}`,
    { code: 'source', retryAt: at, hint: 'Go on then with: spacex-pipeline run' },
  );
}
