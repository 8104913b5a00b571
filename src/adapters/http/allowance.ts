import type { Quota, QuotaRules } from '../../core/quota.ts';
import { RequestError, TOO_MANY_REQUESTS } from './failures.ts';
import type { OpenResponse } from './tries.ts';

/** How many more requests a source allows, as far as we know. */
export type Allowance = {
  /** Asks the source. Returns null if the source does not report a quota or the request fails. */
  readonly ask: (signal: AbortSignal) => Promise<Quota | null>;
  /** True if the source reports how many more requests it allows. */
  readonly isKnowable: boolean;
  /** Counts a request. `status` is the response status, or null if there was no response. */
  readonly count: (status: number | null) => void;
  /** The number of requests left; null if the source has not been asked yet. */
  readonly left: () => number | null;
};

type AllowanceOptions = {
  readonly rules: QuotaRules | null;
  /** Waits for its turn, then sends one request. */
  readonly get: (path: string, signal: AbortSignal) => Promise<OpenResponse>;
};

export function createAllowance({ get, rules }: AllowanceOptions): Allowance {
  let left: number | null = null;

  async function ask(signal: AbortSignal): Promise<Quota | null> {
    if (rules === null) return null;
    for (let number = 1; ; number += 1) {
      try {
        return rules.read(await readJson(await get(rules.path, signal)));
      } catch (error) {
        signal.throwIfAborted();
        const isWorthAnother =
          error instanceof RequestError && error.retryable && error.status !== TOO_MANY_REQUESTS;
        if (number === MAX_TRIES || !isWorthAnother) return null;
      }
    }
  }

  return {
    isKnowable: rules !== null,
    async ask(signal) {
      const quota = await ask(signal);
      left = quota?.left ?? left;
      return quota;
    },
    count(status) {
      if (left === null || status === null) return;
      left = status === TOO_MANY_REQUESTS ? 0 : Math.max(0, left - 1);
    },
    left: () => left,
  };
}

const MAX_TRIES = 2;
const MOST_BYTES = 65_536;

/** Reads a short JSON body. Throws if the body is too long or is not JSON. */
async function readJson({ release, response }: OpenResponse): Promise<unknown> {
  try {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size > MOST_BYTES) throw new Error('its response is too long');
    }
    return JSON.parse(Buffer.concat(chunks).toString());
  } finally {
    release();
  }
}
