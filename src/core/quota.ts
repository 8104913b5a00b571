/** What a source still allows a caller. Everyone who shares the address or token shares the quota. */
export type Quota = {
  /** Records that would now be validated differently. */
  readonly left: number;
  /** Requests in a window of `seconds`. */
  readonly limit: number;
  readonly seconds: number;
  /** Seconds until a request is allowed; 0 if one is allowed now. */
  readonly nextSeconds: number;
};

/** How to ask a source for its quota. */
export type QuotaRules = {
  /** Relative to the base URL. A request for it does not count against the quota. */
  readonly path: string;
  /** Reads the JSON answer; null if it does not state a quota. */
  readonly read: (body: unknown) => Quota | null;
};
