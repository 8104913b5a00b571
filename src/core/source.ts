import type { Resource } from './resource.ts';

/** Where records come from: an API, what it allows, and the schema that it fills. */
export type Source = {
  readonly name: string;
  /** The schema of its tables, unless the configuration says otherwise. */
  readonly schema: string;
  /** Of the live API, without a trailing slash. */
  readonly baseUrl: string;
  readonly pacing: Pacing;
  /** In the order in which they are listed; each name once. */
  readonly resources: readonly Resource[];
};

/** In any T seconds at most `burst + requestsPerSecond * T` requests are sent. */
export type Pacing = { readonly requestsPerSecond: number; readonly burst: number };
