/** What a source still allows to one who asks, whoever else asks under the same address or token. */
export type Quota = {
  /** Requests that may be sent now. */
  readonly left: number;
  /** Requests in a window of so many seconds. */
  readonly limit: number;
  readonly seconds: number;
  /** Seconds until a request is allowed, 0 where one is allowed now. */
  readonly nextSeconds: number;
};

/** How a source says what it still allows. */
export type QuotaRules = {
  /** Below the base URL. A request for it counts for nothing. */
  readonly path: string;
  /** Of the JSON that it answers; null where that says nothing of the kind. */
  readonly read: (body: unknown) => Quota | null;
};
