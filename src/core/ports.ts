import type { PipelineError } from './errors.ts';
import type { Quota } from './quota.ts';
import type { Proof, RawFile } from './run.ts';
import type { KindStore } from './simulated.ts';

/** A clock that tests can control. */
export type Clock = {
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** Monotonic, milliseconds. */
  readonly elapsed: () => number;
  /** Rejects with the signal's reason if the signal aborts first. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
};

/** A response whose body has not been read yet. Header names are in lower case. */
export type UpstreamResponse = {
  readonly url: string;
  /** 200, or 304 if the kept body is still current. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Whether the response indicates that its records are simulated. Null for a 304 without this information; in that
   * case, the kept body decides.
   */
  readonly simulated: boolean | null;
  /** The content encoding that was decoded; `identity` for none. */
  readonly encoding: string;
  /** Null for a response of the API itself. */
  readonly copy: Copy | null;
  /** The body after content decoding. Throws at the end if the body does not match `copy`. */
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

/** One attempt at a request, for the meta file and the log. */
export type Attempt = {
  readonly status: number | null;
  readonly error: string | null;
  readonly seconds: number;
  /** The wait before the next attempt; null for the last one. */
  readonly wait_seconds: number | null;
};

/** An attempt that has ended, including its body. */
export type FinishedAttempt = Pick<Attempt, 'status' | 'seconds'> & {
  /** The number of requests that the source still allows, if the source reports it. */
  readonly quota_left?: number;
};

/** A failed attempt that will be retried. */
export type Retry = {
  /** From 1. */
  readonly attempt: number;
  readonly status: number | null;
  readonly message: string;
  readonly wait_seconds: number;
  /** Whether the next attempt requests a different copy. */
  readonly elsewhere: boolean;
};

/** The server that requests go to. */
export type Upstream = {
  /** `archive`, `live`, `sandbox` or the base URL without secrets, as stored in the ledger. */
  readonly address: string;
  /** Prepares a request for one page, without sending it yet. */
  readonly open: (request: PageRequest, signal: AbortSignal) => Tries;
  /** Removes our own credentials from text that a server sent, so that a message can quote the text. */
  readonly hide: (text: string) => string;
  /**
   * The requests that the server still allows. Asks the server only once; null if the server does not report them, or
   * if that request failed.
   */
  readonly quota: (signal: AbortSignal) => Promise<Quota | null>;
  /** The setting that would make the server allow more requests; null if it is already set, or if there is none. */
  readonly forMore: string | null;
  /**
   * Opens one connection without sending a request. Returns the reason if the server is unreachable; otherwise, null.
   */
  readonly reach: (signal: AbortSignal) => Promise<string | null>;
};

export type PageRequest = {
  readonly resource: string;
  readonly path: string;
  /** The kept body that a 304 would confirm. */
  readonly kept: { readonly url: string; readonly etag: string | null } | null;
  readonly onRetry: (retry: Retry) => void;
  /** Called once for each attempt, except an interrupted one. */
  readonly onTried: (tried: FinishedAttempt) => void;
};

/** The attempts at one request. Only one of these functions may run at a time. */
export type Tries = {
  /**
   * Waits for its turn, then sends the request, and retries until a response has status 200, or 304 if `kept` is
   * given. Throws PipelineError `source` if no attempts are left, or AbsentError if no copy exists.
   */
  readonly next: () => Promise<UpstreamResponse>;
  /**
   * Reports that the response was unusable. Waits until the next attempt, or throws if no further attempt is allowed.
   */
  readonly failed: (error: PipelineError) => Promise<void>;
  /** Ends the request; returns its attempts. */
  readonly end: () => readonly Attempt[];
};

export type Stage = 'validated' | 'errored' | 'intermediate' | 'profile';

/** The name of the resource, or, for the intermediate stage, of the table. */
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
   * Streams a body to raw/<resource>/0001.json, synced and hashed. The file keeps its final name even if the body
   * turns out to be bad.
   */
  readonly writeRaw: (resource: string, page: number, body: AsyncIterable<Uint8Array>) => Promise<RawBody>;
  readonly writeRawMeta: (
    resource: string,
    page: number,
    meta: Readonly<Record<string, unknown>>,
  ) => Promise<void>;
  /** Links the bytes that an earlier run received; copies them only if the file system cannot link. */
  readonly linkRaw: (resource: string, page: number, from: KeptPage) => Promise<RawBody>;
  /** Replaces this run's copy of the same bytes with a link to the earlier page, if that page is intact. */
  readonly shareRaw: (resource: string, page: number, earlier: KeptPage) => Promise<void>;
  readonly readRaw: (resource: string, page: number) => AsyncIterable<Uint8Array>;
  /** Removes files that an earlier attempt at this run did not finish. */
  readonly removeLeftovers: () => Promise<void>;
  /**
   * The intact pages from number `from` on (default 1) that an earlier attempt at this run completed; null if there
   * are none.
   */
  readonly rawInPlace: (resource: string, from?: number) => Promise<ReadyRaw | null>;
  /** A page's meta file as it was written; null if there is none. */
  readonly readRawMeta: (resource: string, page: number) => Promise<Readonly<Record<string, unknown>> | null>;
  /** Removes all raw files of a resource, because nothing in them is new. */
  readonly removeRaw: (resource: string) => Promise<void>;
  readonly openStage: (...name: StageName) => Promise<StageFile>;
  /**
   * Links the stage files of an earlier run; copies them only if the file system cannot link. Returns false and links
   * nothing if a file is missing.
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
  /** Whether the pages can be requested again if they turn out not to be JSON. */
  readonly refetch: boolean;
};

/** A page in the folder of an earlier run. */
export type KeptPage = { readonly run_id: string; readonly file: RawFile };

export type RunStore = {
  readonly create: (runId: string) => Promise<RunFolder>;
  /** Whether an earlier run's page still exists, with the recorded size and hash. */
  readonly hasRaw: (kept: KeptPage) => Promise<boolean>;
  /** Stores whether the data folder contains real or simulated records of the source. */
  readonly kind: KindStore;
};

/** A structured log. Fields must not contain secrets. */
export type Log = {
  /** For information that people see elsewhere anyway: an info line in JSON, a debug line in text. */
  readonly note: (message: string, fields?: LogFields) => void;
  readonly debug: (message: string, fields?: LogFields) => void;
  readonly info: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly error: (message: string, fields?: LogFields) => void;
};

export type LogFields = Readonly<Record<string, unknown>>;
