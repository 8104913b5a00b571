import type { RawFile } from './run.ts';

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
export type SourceResponse = {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The response says that its records are made up. */
  readonly simulated: boolean;
  /** What of content encoding was undone, `identity` for nothing. */
  readonly encoding: string;
  /** After content decoding. */
  readonly body: AsyncIterable<Uint8Array>;
};

/** One try of a request, for the meta file and the log. */
export type Attempt = {
  readonly status: number | null;
  readonly error: string | null;
  readonly seconds: number;
  /** Wait before the next try, null on the last. */
  readonly wait_seconds: number | null;
};

export type Source = {
  /** `live`, `sandbox` or the base URL: what the ledger remembers. */
  readonly name: string;
  /** One try at a path. `reason` says why records cannot be had, null where they can. */
  readonly probe: (path: string, signal: AbortSignal) => Promise<Probe>;
  /**
   * GET with retries around the whole request, body included: `consume` is called afresh for each try that
   * brings 200 or 304. Throws PipelineError `source` when tries are spent or the answer is final.
   */
  readonly fetch: <T>(
    request: SourceRequest,
    consume: (response: SourceResponse) => Promise<T>,
    signal: AbortSignal,
  ) => Promise<{ readonly result: T; readonly attempts: readonly Attempt[] }>;
  /** Takes our own logins out of a text that it sent, to be quoted in a message. */
  readonly hide: (text: string) => string;
};

export type SourceRequest = { readonly path: string; readonly etag: string | null };
export type Probe = { readonly simulated: boolean | null; readonly reason: string | null };

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
  readonly writeRaw: (resource: string, body: AsyncIterable<Uint8Array>) => Promise<RawBody>;
  readonly writeRawMeta: (resource: string, meta: Readonly<Record<string, unknown>>) => Promise<void>;
  /** The same bytes as an earlier run received, without a second copy where the file system can link. */
  readonly linkRaw: (resource: string, from: KeptRaw) => Promise<RawBody>;
  /** Gives up this run's copy of the same bytes where the earlier one is there, whole, and can be linked. */
  readonly shareRaw: (resource: string, earlier: KeptRaw) => Promise<void>;
  readonly readRaw: (resource: string) => AsyncIterable<Uint8Array>;
  /** Removes files that an earlier try of this run never finished. */
  readonly removeLeftovers: () => Promise<void>;
  /** The raw file that an earlier try of this run left whole, size and hash as its meta file says; null for none. */
  readonly rawInPlace: (resource: string) => Promise<ReadyRaw | null>;
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

/** A raw file that needs no request: it is in the run's folder already. */
export type ReadyRaw = {
  readonly raw: RawFile;
  readonly body: RawBody;
  /** May the source be asked where this turns out to be no JSON? */
  readonly refetch: boolean;
};

/** A raw file in the folder of an earlier run. */
export type KeptRaw = { readonly run_id: string; readonly raw: RawFile };

export type RunStore = {
  readonly create: (runId: string) => Promise<RunFolder>;
  /** Is the raw file of an earlier run there, with its size and hash? */
  readonly hasRaw: (kept: KeptRaw) => Promise<boolean>;
};

/** Structured log. Fields hold no secrets. */
export type Log = {
  readonly debug: (message: string, fields?: LogFields) => void;
  readonly info: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly error: (message: string, fields?: LogFields) => void;
};

export type LogFields = Readonly<Record<string, unknown>>;
