import type { Resource } from './resource.ts';
import type { PreviewScope, RejectChanges, TableChanges } from './preview.ts';
import type { CheckResult, ResourceReport, RawFile, RunStatus, TableCounts } from './run.ts';
import type { KindStore } from './simulated.ts';
import type { Table } from './table.ts';

/** What the ledger records when a run begins. */
export type RunHeader = {
  readonly run_id: string;
  /** The name of the source. */
  readonly source: string;
  /** Where its records come from: `archive`, `live`, `sandbox` or the base URL. */
  readonly address: string;
  /** ISO 8601 UTC. */
  readonly started_at: string;
  readonly program_version: string;
  readonly host: string;
  readonly pid: number;
  readonly run_dir: string;
  /** The id of its data folder. */
  readonly folder_id: string;
  /** The run whose raw files it derives again; null for a pull. */
  readonly origin_run_id: string | null;
  /** The job that started the run; null if a person did. */
  readonly job: JobOfRun | null;
};

/** `id` is that of the execution in the queue, which every further try shares. */
export type JobOfRun = { readonly name: string; readonly id: string };

/** A resource as stored in the ledger. */
export type LedgerEntry = {
  readonly resource: Resource;
  readonly report: ResourceReport;
  /** Were all its records read? Only then can the rejects in the ledger be brought up to date. */
  readonly allRead: boolean;
  /** Identifies everything its rows were derived from (steps/unchanged.ts); null if they were not derived. */
  readonly key: string | null;
  /** The state of its chain after the run; null for a snapshot. */
  readonly chain: Chain | null;
};

/** The state of a resource whose changes are pulled. Times are ISO 8601 UTC. */
export type Chain = {
  /** The run that began the chain with a full pass. */
  readonly run_id: string;
  /** When that pass began. */
  readonly full_at: string;
  /** The next pull requests the changes since then; null if unknown. */
  readonly cursor: string | null;
  /** The address of its records, and the part of the collection that is pulled. */
  readonly scope: string;
  /** The data folder that holds its pages. */
  readonly folder_id: string;
};

/** What the last run that published a resource left, according to the ledger. */
export type LastPublish = {
  readonly run_id: string;
  readonly address: string;
  /** Are its records simulated? Null if no response said. */
  readonly simulated: boolean | null;
  readonly pages: readonly RawFile[];
  readonly received: number;
  readonly errored: number;
  /** Null if it was published by a version without keys. */
  readonly derivation_key: string | null;
  /** Did that run or a later one set aside records of it? */
  readonly has_rejects: boolean;
  readonly tables: Readonly<Record<string, TableCounts>>;
  /** Null for a snapshot. The pages are those of the chain. */
  readonly chain: Chain | null;
};

/** The current contents of a table, in the terms of TableCounts. */
export type TableContents = { readonly live: number; readonly digest: string };

export type RunEnd = {
  readonly status: RunStatus;
  readonly error: ResourceReport['error'];
  readonly entries: readonly LedgerEntry[];
};

/** The ledger of one run. */
export type Ledger = {
  /** Opens the run. Marks runs that died as failed and drops their staging. */
  readonly begin: (run: RunHeader) => Promise<void>;
  /** Reopens a run that ended without publishing. Throws `usage` if it or a later run has published. */
  readonly reopen: (run: RunHeader) => Promise<void>;
  /** Ends a run that published nothing. A run that is no longer `running` stays as it is. */
  readonly abandon: (end: RunEnd) => Promise<void>;
  /** What is published of a resource. */
  readonly lastPublish: (resource: string) => Promise<LastPublish | null>;
  /** Remembers whether the target holds real or simulated records. */
  readonly kind: KindStore;
};

/** A record that was set aside, as stored in the ledger. */
export type StagedReject = {
  readonly record_id: string;
  /** Identifies the places and codes of its errors. */
  readonly fingerprint: string;
  /** JSON. */
  readonly errors: string;
  /** The number of its page, from 1. */
  readonly record_page: number;
  readonly record_index: number;
  /** In bytes, in the raw file. */
  readonly record_offset: number;
  /** Its bytes; null if it is too large to be stored twice. */
  readonly record: Buffer | null;
};

/** The staging tables of one resource in one run. */
export type Staging = {
  /** Takes rows as CSV without a header, columns in the order of the table literal. Returns the number of rows. */
  readonly copy: (table: Table, csv: Uint8Array<ArrayBuffer>) => Promise<number>;
  /** Ids of records that arrived and broke their contract: their rows stay. */
  readonly hold: (ids: Iterable<string>) => Promise<void>;
  /** The digest of the newest record of each id, for a resource whose changes are pulled. */
  readonly newest: (records: ReadonlyMap<string, string>) => Promise<void>;
  /** Records that were set aside. */
  readonly reject: (rejects: readonly StagedReject[]) => Promise<void>;
  /** Call after the last row, with the number of rows staged for each table. */
  readonly finish: (staged: Readonly<Record<string, number>>) => Promise<void>;
  /** Releases the connection; the tables stay until the run ends. */
  readonly close: () => Promise<void>;
};

export type Target = {
  readonly stage: (resource: Resource) => Promise<Staging>;
  /**
   * id → text column, for the rows that the main table will have after this run's staging is published. If the run
   * staged none of the resource, these are the live rows.
   */
  readonly lookup: (
    resource: Resource,
    column: string,
    deletes: boolean,
  ) => Promise<ReadonlyMap<string, string | null>>;
  /** Digests of the newest records of the resource, by id, if there are any. */
  readonly newest: (resource: Resource, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** The contents of each table of the resource, by name. */
  readonly contents: (resource: Resource) => Promise<Readonly<Record<string, TableContents>>>;
  /** One transaction on locked tables. Commits when `work` returns, otherwise leaves everything as it was. */
  readonly publish: <T>(
    tables: readonly Table[],
    work: (transaction: PublishTransaction) => Promise<T>,
  ) => Promise<T>;
  /** What a publish of the resource's staged rows would do. Writes nothing. */
  readonly preview: (
    resource: Resource,
    scope: PreviewScope,
  ) => Promise<{ readonly tables: Readonly<Record<string, TableChanges>>; readonly rejects: RejectChanges }>;
  /** Drops what was staged. */
  readonly discard: () => Promise<void>;
  /**
   * Runs the data checks of these resources on the published rows, and writes the findings into the ledger.
   * For a resource in `touched`, they look only at those ids, and the ledger keeps the result of its last
   * complete check.
   */
  readonly check: (
    resources: readonly Resource[],
    touched?: ReadonlyMap<string, readonly string[]>,
  ) => Promise<readonly CheckResult[]>;
};

export type PublishTransaction = {
  /** Rows of the resource's main table: the live ones, and those that a merge would delete. */
  readonly countVanishing: (resource: Resource) => Promise<{ live: number; vanishing: number }>;
  readonly merge: (
    table: Table,
    resource: Resource,
    deletes: boolean,
  ) => Promise<Omit<TableCounts, 'dangling'>>;
  /**
   * A merge when only staged rows may have changed since `left`: the work is proportional to the number of staged rows.
   */
  readonly mergeTouched: (table: Table, resource: Resource, left: TableCounts) => Promise<TableCounts>;
  readonly contents: Target['contents'];
  readonly countDangling: (table: Table) => Promise<TableCounts['dangling']>;
  /** Writes the run's end into the ledger. Throws if the run is no longer `running`. */
  readonly record: (end: RunEnd) => Promise<void>;
};
