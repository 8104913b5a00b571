import type { QuotaRules } from './quota.ts';
import type { Resource } from './resource.ts';

/** A source of records: an API, its limits, and the schema that its records are loaded into. */
export type Source = {
  readonly name: string;
  /** What the source is useful for, such as "for what flies next". */
  readonly offers: string;
  /** The default schema of its tables. */
  readonly schema: string;
  /** The base URL of the live API, without a trailing slash. */
  readonly baseUrl: string;
  readonly pacing: Pacing;
  /** The default time to wait for the headers of a response. */
  readonly headersTimeoutSeconds: number;
  /** How requests authenticate if a token is configured; null if the API has no tokens. */
  readonly auth: Auth | null;
  /** Null if the API does not report its quota. */
  readonly quota: QuotaRules | null;
  /** Settings for resources whose changes are pulled; null if there are no such resources. */
  readonly changes: ChangesRules | null;
  /** The default schedule of the source's job: a cron expression with five fields, in UTC. */
  readonly schedule: string;
  /** Its preserved copies; null if there are none. */
  readonly archive: Archive | null;
  /** Where a run's records come from by default. */
  readonly defaultAddress: 'archive' | 'live';
  /** Whether the program includes a server with simulated records for the source (src/sandbox/stand-in.ts). */
  readonly hasStandIn: boolean;
  /** In the order in which they are listed; each name is unique. */
  readonly resources: readonly Resource[];
};

/** In any T seconds, at most `burst + requestsPerSecond * T` requests are sent. */
export type Pacing = { readonly requestsPerSecond: number; readonly burst: number };

export type Auth = {
  /** The header is `Authorization: <scheme> <token>`. */
  readonly scheme: string;
  /** The default schedule of the source's job if a token is configured. */
  readonly schedule: string;
};

/** The settings of a source whose changes are pulled, and their defaults. */
export type ChangesRules = {
  /** The number of records per request. */
  readonly pageSize: { readonly default: number; readonly max: number };
  /** After this many hours, everything is requested again. */
  readonly fullAfterHours: number;
  /** How long a change may be missing from responses. */
  readonly settleSeconds: number;
  /** The part of the collection to pull: an id, or `all`. */
  readonly scope: {
    readonly setting: 'provider';
    readonly default: string;
    readonly description: string;
  };
};

/** Where copies of the records are preserved: captures in a web archive, and recordings in a repository. */
export type Archive = {
  /**
   * The playback URL of captures, without a trailing slash. `<archive>/<timestamp>id_/<base URL of the API>` returns
   * the capture nearest to the timestamp.
   */
  readonly url: string;
  /** The folder of the recordings, without a trailing slash. Its files never change. */
  readonly recordingsUrl: string;
  /** The pacing, which applies separately to the archive and to the recordings' host. */
  readonly pacing: Pacing;
  /** The time to wait for the headers of a response: archives are slow. */
  readonly headersTimeoutSeconds: number;
  /** By resource, in order of preference. */
  readonly copies: Readonly<Record<string, readonly PreservedCopy[]>>;
};

export type PreservedCopy = { readonly kind: 'capture' } | Recording;

/** A recorded response in its own file. */
export type Recording = {
  readonly kind: 'recording';
  /** Relative to `recordingsUrl`. */
  readonly file: string;
  /** ISO 8601, or a date only. */
  readonly recorded: string;
  /** The hash of the file; null if unknown, in which case the ETag in the file must prove the body. */
  readonly sha256: string | null;
  /** The ETag of the body as the API sent it; null if unknown. */
  readonly etag: string | null;
};
