import { formatDuration } from '../core/duration.ts';

/** How long before `now`, in milliseconds since 1970, a time was: `3 min 20 s ago`. Null if there is no time. */
export function ago(now: number, time: string | null): string | null {
  return time === null ? null : `${formatDuration((now - Date.parse(time)) / 1000)} ago`;
}
