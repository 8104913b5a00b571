import type { PipelineError } from './errors.ts';
import type { Quota } from './quota.ts';
import type { Proof, RawFile } from './run.ts';
import type { KindKeeper } from './simulated.ts';

/** Time, so that tests can own it. */
export type Clock = {
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** Monotonic, milliseconds. */
  readonly elapsed: () => number;
  /** Rejects with the signal's reason when it aborts first. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
};

/** A response of which the body has not been read. Header names are in lower case. */
export type UpstreamResponse = {
  readonly url: string;
  /** 200, or 304: the body that is kept is the response. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The response says that its records are made up. Null: it is a 304 that says neither, so they are as those kept. */
  readonly simulated: boolean | null;
  /** What of content encoding was undone, `identity` for nothing. */
  readonly encoding: string;
  /** Of a preserved copy; null for a response of the API itself. */
  readonly copy: Copy | null;
  /** After content decoding. Throws at its end where it is not what `copy` says. */
  readonly body: AsyncIterable<Uint8Array>;
};

/** What is known of a preserved copy of a response. */
export type Copy = {
  readonly url: string;
  /** ISO 8601 UTC; null where nobody knows. */
  readonly captured_at: string | null;
  readonly proof: Proof;
  /** The file around a recording. */
  readonly file: { readonly url: string; readonly sha256: string } | null;
};

/** One try of a request, for the meta file and the log. */
export type Attempt = {
  readonly status: number | null;
  readonly error: string | null;
  readonly seconds: number;
  /** Wait before the next try, null on the last. */
  readonly wait_seconds: number | null;
};

/** A try that has ended, its body included. */
export type Tried = Pick<Attempt, 'status' | 'seconds'> & {
  /** Requests that the source still allows, where it says so. */
  readonly quota_left?: number;
};

/** A try that failed, and is not the last one. */
export type Retry = {
  /** From 1. */
  readonly attempt: number;
  readonly status: number | null;
  readonly message: string;
  readonly wait_seconds: number;
  /** Does the next try ask for another copy? */
  readonly elsewhere: boolean;
};

/** Where requests go. */
export type Upstream = {
  /** `archive`, `live`, `sandbox` or the base URL without secrets: what the ledger remembers. */
  readonly address: string;
  /** A request for one page. Sends nothing yet. */
  readonly open: (request: PageRequest, signal: AbortSignal) => Tries;
  /** Takes our own logins out of a text that it sent, to be quoted in a message. */
  readonly hide: (text: string) => string;
  /** What it still allows, asked once; null where it does not say, or cannot be asked. */
  readonly quota: (signal: AbortSignal) => Promise<Quota | null>;
  /** The setting that would make it allow more requests; null where that is given, or there is none. */
  readonly forMore: string | null;
  /** Why it cannot be reached, found by one connection without a request; null where it can. */
  readonly reach: (signal: AbortSignal) => Promise<string | null>;
};

export type PageRequest = {
  readonly resource: string;
  readonly path: string;
  /** The body that a 304 would stand for. */
  readonly kept: { readonly url: string; readonly etag: string | null } | null;
  readonly onRetry: (retry: Retry) => void;
  /** Called once a try; not for one that an interruption ended. */
  readonly onTried: (tried: Tried) => void;
};

/** The tries of one request. Only one of its functions runs at a time. */
export type Tries = {
  /**
   * Waits for its turn and asks: the first response of 200, or of 304 where `kept` is given. Tries again whatever fails
   * before there is one. Throws PipelineError `source` when no try is left, AbsentError where no copy exists.
   */
  readonly next: () => Promise<UpstreamResponse>;
  /** The response turned out to be unusable. Waits until the next try, or throws where there must be none. */
  readonly failed: (error: PipelineError) => Promise<void>;
  /** Ends the request; gives what was tried. */
  readonly end: () => readonly Attempt[];
};

export type Stage = 'validated' | 'errored' | 'intermediate' | 'profile';

/** With the name of the resource; of the table for intermediate ones. */
export type StageName = readonly [stage: Stage, name: string];

/** A stage file that appears under its name only when it is whole. */
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
  /** Streams a body to raw/<resource>/0001.json, synced and hashed, kept under its final name even when it turns out bad. */
  readonly writeRaw: (resource: string, page: number, body: AsyncIterable<Uint8Array>) => Promise<RawBody>;
  readonly writeRawMeta: (
    resource: string,
    page: number,
    meta: Readonly<Record<string, unknown>>,
  ) => Promise<void>;
  /** The same bytes as an earlier run received, without a second copy where the file system can link. */
  readonly linkRaw: (resource: string, page: number, from: KeptPage) => Promise<RawBody>;
  /** Gives up this run's copy of the same bytes where the earlier one is there, whole, and can be linked. */
  readonly shareRaw: (resource: string, page: number, earlier: KeptPage) => Promise<void>;
  readonly readRaw: (resource: string, page: number) => AsyncIterable<Uint8Array>;
  /** Removes files that an earlier try of this run never finished. */
  readonly removeLeftovers: () => Promise<void>;
  /** The pages from a number on, 1 by default, that an earlier try of this run left whole, size and hash as their meta
   * files say; null for none. */
  readonly rawInPlace: (resource: string, from?: number) => Promise<ReadyRaw | null>;
  /** The meta file of a page as it was written; null where there is none. */
  readonly readRawMeta: (resource: string, page: number) => Promise<Readonly<Record<string, unknown>> | null>;
  /** Removes all raw of a resource: nothing in it is news. */
  readonly removeRaw: (resource: string) => Promise<void>;
  readonly openStage: (...name: StageName) => Promise<StageFile>;
  /**
   * The same stage files as an earlier run has, without a second copy where the file system can link. False, and none
   * of them, where one is not there.
   */
  readonly linkStages: (names: readonly StageName[], fromRun: string) => Promise<boolean>;
};

export type RawBody = {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** For messages: the first bytes. */
  readonly head: Uint8Array;
};

/** A page in the run's folder. */
export type RawPage = {
  readonly file: RawFile;
  /** For messages: its first bytes. */
  readonly head: Uint8Array;
};

/** Pages that need no request: they are in the run's folder already. */
export type ReadyRaw = {
  readonly pages: readonly RawPage[];
  /** Null where nobody knows. */
  readonly simulated: boolean | null;
  /** May the upstream be asked where this turns out to be no JSON? */
  readonly refetch: boolean;
};

/** A page in the folder of an earlier run. */
export type KeptPage = { readonly run_id: string; readonly file: RawFile };

export type RunStore = {
  readonly create: (runId: string) => Promise<RunFolder>;
  /** Is the page of an earlier run there, with its size and hash? */
  readonly hasRaw: (kept: KeptPage) => Promise<boolean>;
  /** Which kind of records of the source the data folder holds. */
  readonly kind: KindKeeper;
};

/** Structured log. Fields hold no secrets. */
export type Log = {
  /** What people see elsewhere: an info line of JSON, a debug line of text. */
  readonly note: (message: string, fields?: LogFields) => void;
  readonly debug: (message: string, fields?: LogFields) => void;
  readonly info: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly error: (message: string, fields?: LogFields) => void;
};

export type LogFields = Readonly<Record<string, unknown>>;
