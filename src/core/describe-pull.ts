import type { QuotaFacts, RunFact } from './events.ts';

type Pull = Omit<Extract<RunFact, { readonly type: 'pull.started' }>, 'type' | 'resource'>;

/** Describes a pull for people: `full pull: about 9 requests, 11 of 15 left this hour (why)`. */
export function describePull({ pages, pass, reason, since, ...needs }: Pull): string {
  const what = pass === 'full' ? 'full pull' : `incremental pull of changes since ${since}`;
  const why = reason === null ? '' : ` (${reason})`;
  const after = pages === 0 ? '' : `, resuming after ${pages === 1 ? '1 page' : `${pages} pages`}`;
  const requests = describeRequests(needs);
  return `${what}${after}${requests === '' ? '' : `: ${requests}`}${why}`;
}

/** The number of requests needed and the number still allowed; empty if neither is known. */
export function describeRequests(
  { quota_left, quota_limit, quota_seconds, requests }: QuotaFacts & { readonly requests: number | null },
  kind = '',
): string {
  const needed = requests === null ? [] : [`about ${requests} ${kind}request${requests === 1 ? '' : 's'}`];
  if (quota_left === null) return needed.join('');
  const noun = requests === null ? 'requests ' : '';
  const window = quota_seconds === 3600 ? 'this hour' : `within ${quota_seconds} s`;
  return [...needed, `${quota_left} of ${quota_limit} ${noun}left ${window}`].join(', ');
}
