import type { PipelineError } from './errors.ts';
import type { Quota } from './quota.ts';
import type { Proof, RawFile } from './run.ts';
import type { KindStore } from './simulated.ts';

/** Time, so that tests can control it. */
export type Clock = {
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** Monotonic, milliseconds. */
  readonly elapsed: () => number;
  /** Rejects with the signal's reason if it aborts first. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
};

/** A response whose body has not been read yet. Header names are in lower case. */
export type UpstreamResponse = {
  readonly url: string;
  /** 200, or 304 if the kept body is still current. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Does the response say that its records are simulated? Null for a 304 that does not say: they are as in the kept
   * body.
   */
  readonly simulated: boolean | null;
  /** The content encoding that was decoded; `identity` for none. */
  readonly encoding: string;
  /** Null for a response of the API itself. */
  readonly copy: Copy | null;
  /** After content decoding. Throws at its end if it does not match `copy`. */
  readonly body: AsyncIterable<Uint8Array>;
};

/** What is known about a preserved copy of a response. */
export type Copy = {
  readonly url: string;
  /** ISO 8601 UTC; null if unknown. */
  readonly captured_at: string | null;
  readonly proof: Proof;
  /** The file that contains a recording. */
  readonly file: { readonly url: string; readonly sha256: string } | null;
};

/** One try of a request, for the meta file and the log. */
export type Attempt = {
  readonly status: number | null;
  readonly error: string | null;
  readonly seconds: number;
  /** The wait before the next try; null on the last. */
  readonly wait_seconds: number | null;
};

/** A try that has ended, including its body. */
export type FinishedAttempt = Pick<Attempt, 'status' | 'seconds'> & {
  /** The requests that the source still allows, if it says so. */
  readonly quota_left?: number;
};

/** A try that failed and will be repeated. */
export type Retry = {
  /** From 1. */
  readonly attempt: number;
  readonly status: number | null;
  readonly message: string;
  readonly wait_seconds: number;
  /** Does the next try request another copy? */
  readonly elsewhere: boolean;
};

/** The server that requests go to. */
export type Upstream = {
  /** `archive`, `live`, `sandbox` or the base URL without secrets, as stored in the ledger. */
  readonly address: string;
  /** Prepares a request for one page, without sending it yet. */
  readonly open: (request: PageRequest, signal: AbortSignal) => Tries;
  /** Removes our own credentials from a server's text, so that a message can quote it. */
  readonly hide: (text: string) => string;
  /** The requests that it still allows, asked once; null if it does not say, or the request for it failed. */
  readonly quota: (signal: AbortSignal) => Promise<Quota | null>;
  /** The setting that would make it allow more requests; null if it is set, or there is none. */
  readonly forMore: string | null;
  /** Opens one connection without sending a request. Returns why the server is unreachable; null if it is reachable. */
  readonly reach: (signal: AbortSignal) => Promise<string | null>;
};

export type PageRequest = {
  readonly resource: string;
  readonly path: string;
  /** The kept body that a 304 would confirm. */
  readonly kept: { readonly url: string; readonly etag: string | null } | null;
  readonly onRetry: (retry: Retry) => void;
  /** Called once for each try, except for one that was interrupted. */
  readonly onTried: (tried: FinishedAttempt) => void;
};

/** The tries of one request. Only one of its functions runs at a time. */
export type Tries = {
  /**
   * Waits for its turn, then sends the request. Returns the first response with 200, or 304 if `kept` is given; retries
   * any earlier failure. Throws PipelineError `source` if no try is left, AbsentError if no copy exists.
   */
  readonly next: () => Promise<UpstreamResponse>;
  /** Reports that the response was unusable. Waits until the next try, or throws if there must not be one. */
  readonly failed: (error: PipelineError) => Promise<void>;
  /** Ends the request; returns its tries. */
  readonly end: () => readonly Attempt[];
};

export type Stage = 'validated' | 'errored' | 'intermediate' | 'profile';

/** With the name of the resource, or of the table for intermediate ones. */
export type StageName = readonly [stage: Stage, name: string];

/** A stage file that appears under its name only when it is complete. */
export type StageFile = {
  readonly write: (bytes: Uint8Array) => Promise<void>;
  readonly commit: () => Promise<void>;
  readonly discard: () => Promise<void>;
};

/** The folder of one run. */
export type RunFolder = {
  readonly path: string;
  /** Replaces run.json. */
  readonly writeManifest: (manifest: Readonly<Record<string, unknown>>) => Promise<void>;
  /**
   * Streams a body to raw/<resource>/0001.json, synced and hashed. It keeps its final name even if it turns out to be
   * bad.
   */
  readonly writeRaw: (resource: string, page: number, body: AsyncIterable<Uint8Array>) => Promise<RawBody>;
  readonly writeRawMeta: (
    resource: string,
    page: number,
    meta: Readonly<Record<string, unknown>>,
  ) => Promise<void>;
  /** Links the bytes that an earlier run received; copies them only if the file system cannot link. */
  readonly linkRaw: (resource: string, page: number, from: KeptPage) => Promise<RawBody>;
  /** Replaces this run's copy of the same bytes with a link to the earlier one, if that one is intact. */
  readonly shareRaw: (resource: string, page: number, earlier: KeptPage) => Promise<void>;
  readonly readRaw: (resource: string, page: number) => AsyncIterable<Uint8Array>;
  /** Removes files that an earlier try of this run never finished. */
  readonly removeLeftovers: () => Promise<void>;
  /**
   * The pages from a number on, 1 by default, that an earlier try of this run completed, with size and hash as in their
   * meta files; null if there are none.
   */
  readonly rawInPlace: (resource: string, from?: number) => Promise<ReadyRaw | null>;
  /** The meta file of a page as it was written; null if there is none. */
  readonly readRawMeta: (resource: string, page: number) => Promise<Readonly<Record<string, unknown>> | null>;
  /** Removes all raw of a resource, because nothing in it is new. */
  readonly removeRaw: (resource: string) => Promise<void>;
  readonly openStage: (...name: StageName) => Promise<StageFile>;
  /**
   * Links the stage files of an earlier run; copies them only if the file system cannot link. Returns false, and links
   * none, if one of them is missing.
   */
  readonly linkStages: (names: readonly StageName[], fromRun: string) => Promise<boolean>;
};

export type RawBody = {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The first bytes, for messages. */
  readonly head: Uint8Array;
};

/** A page in the run's folder. */
export type RawPage = {
  readonly file: RawFile;
  /** The first bytes, for messages. */
  readonly head: Uint8Array;
};

/** Pages that need no request because they are already in the run's folder. */
export type ReadyRaw = {
  readonly pages: readonly RawPage[];
  /** Null if unknown. */
  readonly simulated: boolean | null;
  /** May the upstream be asked again if this turns out not to be JSON? */
  readonly refetch: boolean;
};

/** A page in the folder of an earlier run. */
export type KeptPage = { readonly run_id: string; readonly file: RawFile };

export type RunStore = {
  readonly create: (runId: string) => Promise<RunFolder>;
  /** Does the page of an earlier run still exist, with its size and hash? */
  readonly hasRaw: (kept: KeptPage) => Promise<boolean>;
  /** Remembers whether the data folder holds real or simulated records of the source. */
  readonly kind: KindStore;
};

/** Structured log. Fields hold no secrets. */
export type Log = {
  /** For what people see elsewhere: an info line in JSON, a debug line in text. */
  readonly note: (message: string, fields?: LogFields) => void;
  readonly debug: (message: string, fields?: LogFields) => void;
  readonly info: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly error: (message: string, fields?: LogFields) => void;
};

export type LogFields = Readonly<Record<string, unknown>>;
