/** The requests that a source still allows a caller. Everyone who shares the address or token shares the quota. */
export type Quota = {
  /** Requests that are still allowed in the current window. */
  readonly left: number;
  /** Requests that are allowed in a window of `seconds`. */
  readonly limit: number;
  readonly seconds: number;
  /** Seconds until a request is allowed; 0 if one is allowed now. */
  readonly nextSeconds: number;
};

/** How to request a source's quota. */
export type QuotaRules = {
  /** Relative to the base URL. A request for it does not count against the quota. */
  readonly path: string;
  /** Reads the JSON response; null if it contains no quota. */
  readonly read: (body: unknown) => Quota | null;
};
