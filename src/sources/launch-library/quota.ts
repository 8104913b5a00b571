import type { Quota, QuotaRules } from '../../core/quota.ts';

/** According to the API's own documentation, the response is an array; in practice, it is an object. */
function readQuota(body: unknown): Quota | null {
  const state: unknown = Array.isArray(body) && body.length === 1 ? body[0] : body;
  if (typeof state !== 'object' || state === null) return null;
  const [limit, seconds, used, next] = FIELDS.map((name) => countOf(Object.entries(state), name));
  if (limit === undefined || seconds === undefined || used === undefined || next === undefined) return null;
  return { left: Math.max(0, limit - used), limit, seconds, nextSeconds: next };
}

const FIELDS = ['your_request_limit', 'limit_frequency_secs', 'current_use', 'next_use_secs'] as const;

function countOf(entries: readonly (readonly [string, unknown])[], field: string): number | undefined {
  const value = entries.find(([name]) => name === field)?.[1];
  return typeof value === 'number' && value >= 0 ? Math.ceil(value) : undefined;
}

export const quota: QuotaRules = { path: '/api-throttle/', read: readQuota };
