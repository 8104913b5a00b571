/** Requests per client in a sliding window, as Django REST Framework counts them. */
export type Quota = {
  /** Counts a request and returns null. If the quota is used up, returns the seconds until a request is possible. */
  readonly take: (ident: string, limit: number) => number | null;
  readonly state: (ident: string, limit: number) => QuotaState;
};

export type QuotaState = {
  readonly used: number;
  /** The number of seconds until a request is possible; 0 if it is possible now. */
  readonly wait: number;
};

export function createQuota(now: () => number, windowSeconds: number): Quota {
  const passed = new Map<string, number[]>();
  /** Times of the requests in the current window, oldest first. */
  const recent = (ident: string): number[] => {
    const since = now() - windowSeconds * 1000;
    const times = (passed.get(ident) ?? []).filter((time) => time > since);
    passed.set(ident, times);
    return times;
  };
  const state = (ident: string, limit: number): QuotaState => {
    const times = recent(ident);
    const blocking = times.at(-limit);
    const wait =
      blocking === undefined ? 0 : Math.max(1, Math.ceil((blocking - now()) / 1000) + windowSeconds);
    return { used: times.length, wait };
  };
  return {
    state,
    take(ident, limit) {
      const { wait } = state(ident, limit);
      if (wait > 0) return wait;
      recent(ident).push(now());
      return null;
    },
  };
}
