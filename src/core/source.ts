import type { Resource } from './resource.ts';

/** Where records come from: an API, what it allows, and the schema that it fills. */
export type Source = {
  readonly name: string;
  /** The schema of its tables, unless the configuration says otherwise. */
  readonly schema: string;
  /** Of the live API, without a trailing slash. */
  readonly baseUrl: string;
  readonly pacing: Pacing;
  /** When the job runs that a source has without configuration: a cron expression of five fields, in UTC. */
  readonly schedule: string;
  /** Its preserved copies; null where there are none. */
  readonly archive: Archive | null;
  /** Where a run's records come from unless somebody says otherwise. */
  readonly defaultAddress: 'archive' | 'live';
  /** In the order in which they are listed; each name once. */
  readonly resources: readonly Resource[];
};

/** In any T seconds at most `burst + requestsPerSecond * T` requests are sent. */
export type Pacing = { readonly requestsPerSecond: number; readonly burst: number };

/** Where copies of the records are preserved: captures of a web archive, and recordings in a repository. */
export type Archive = {
  /**
   * The playback of captures, `<archive>/<timestamp>id_/<base URL of the API>`, without a trailing slash. The capture
   * nearest to the timestamp counts.
   */
  readonly url: string;
  /** The folder of the recordings, without a trailing slash. Its files never change. */
  readonly recordingsUrl: string;
  /** Of the archive, and of the host of the recordings, which has a budget of its own. */
  readonly pacing: Pacing;
  /** For the head of a response: archives are slow. */
  readonly headersTimeoutSeconds: number;
  /** By resource, in order of preference. */
  readonly copies: Readonly<Record<string, readonly PreservedCopy[]>>;
};

export type PreservedCopy = { readonly kind: 'capture' } | Recording;

/** A recorded response in a file of its own. */
export type Recording = {
  readonly kind: 'recording';
  /** Below `recordingsUrl`. */
  readonly file: string;
  /** ISO 8601, or the day alone. */
  readonly recorded: string;
  /** Of the file; null where nobody has seen it, so that the ETag in it has to prove the body. */
  readonly sha256: string | null;
  /** Of the body, in the form in which the API sent it; null where nobody has seen it. */
  readonly etag: string | null;
};
