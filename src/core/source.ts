import type { QuotaRules } from './quota.ts';
import type { Resource } from './resource.ts';

/** Where records come from: an API, what it allows, and the schema that it fills. */
export type Source = {
  readonly name: string;
  /** What somebody pulls it for, as in "for what flies next". */
  readonly offers: string;
  /** The schema of its tables, unless the configuration says otherwise. */
  readonly schema: string;
  /** Of the live API, without a trailing slash. */
  readonly baseUrl: string;
  readonly pacing: Pacing;
  /** To wait for the head of a response, unless the configuration says otherwise. */
  readonly headersTimeoutSeconds: number;
  /** How requests say who asks, where the configuration has a token; null where the API knows none. */
  readonly auth: Auth | null;
  /** Null where it does not say what it still allows. */
  readonly quota: QuotaRules | null;
  /** For resources that are pulled by their changes; null where there are none. */
  readonly changes: ChangesRules | null;
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

export type Auth = {
  /** The header is `Authorization: <scheme> <token>`. */
  readonly scheme: string;
  /** When the job runs that a source has without configuration, where there is a token. */
  readonly schedule: string;
};

/** What can be set for a source that is pulled by its changes, and the defaults. */
export type ChangesRules = {
  /** Records that one request asks for. */
  readonly pageSize: { readonly default: number; readonly max: number };
  /** After so many hours everything is asked for again. */
  readonly fullAfterHours: number;
  /** What changed so recently may still be missing in an answer. */
  readonly settleSeconds: number;
  /** Which part of the collection is pulled: an id, or `all`. */
  readonly scope: {
    readonly setting: 'provider';
    readonly default: string;
    readonly description: string;
  };
};

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
