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
  /** The id of the run's data folder. */
  readonly folder_id: string;
  /** The run whose raw files this run processes again; null for a pull. */
  readonly origin_run_id: string | null;
  /** The job that started the run; null if no job did. */
  readonly job: JobOfRun | null;
};

/** `id` identifies the execution in the queue; all attempts share it. */
export type JobOfRun = { readonly name: string; readonly id: string };

/** A resource as stored in the ledger. */
export type LedgerEntry = {
  readonly resource: Resource;
  readonly report: ResourceReport;
  /** Whether all records of the resource were read. Only then can the rejects in the ledger be updated. */
  readonly allRead: boolean;
  /** Identifies everything the rows were derived from (steps/unchanged.ts); null if no rows were derived. */
  readonly key: string | null;
  /** The state of the resource's chain after the run; null for a snapshot. */
  readonly chain: Chain | null;
};

/** The state of a resource whose changes are pulled. Times are ISO 8601 UTC. */
export type Chain = {
  /** The run that began the chain with a full pull. */
  readonly run_id: string;
  /** When that full pull began. */
  readonly full_at: string;
  /** The next pull requests changes since this time; null if unknown. */
  readonly cursor: string | null;
  /** The address of the records, and the part of the collection that is pulled. */
  readonly scope: string;
  /** The id of the data folder that contains the pages. */
  readonly folder_id: string;
};

/** What the ledger stores about the last run that published a resource. */
export type LastPublish = {
  readonly run_id: string;
  readonly address: string;
  /** Whether the records are simulated; null if no response has indicated this. */
  readonly simulated: boolean | null;
  readonly pages: readonly RawFile[];
  readonly received: number;
  readonly errored: number;
  /** Null if the resource was published by a version without keys. */
  readonly derivation_key: string | null;
  /** Whether that run or a later one set aside records of the resource. */
  readonly has_rejects: boolean;
  readonly tables: Readonly<Record<string, TableCounts>>;
  /** Null for a snapshot. Otherwise, `pages` are the pages of the chain. */
  readonly chain: Chain | null;
};

/** The current contents of a table, with the same meaning as in TableCounts. */
export type TableContents = { readonly live: number; readonly digest: string };

export type RunEnd = {
  readonly status: RunStatus;
  readonly error: ResourceReport['error'];
  readonly entries: readonly LedgerEntry[];
};

/** The ledger of one run. */
export type Ledger = {
  /** Opens the run. Marks runs whose process died as failed, and drops their staging tables. */
  readonly begin: (run: RunHeader) => Promise<void>;
  /** Reopens a run that ended without publishing. Throws `usage` if this or a later run has published. */
  readonly reopen: (run: RunHeader) => Promise<void>;
  /** Ends a run that published nothing. Does not change a run that is no longer `running`. */
  readonly abandon: (end: RunEnd) => Promise<void>;
  /** What the ledger stores about the last publish of a resource; null if there was none. */
  readonly lastPublish: (resource: string) => Promise<LastPublish | null>;
  /** Stores whether the target contains real or simulated records. */
  readonly kind: KindStore;
};

/** A record that was set aside, as stored in the ledger. */
export type StagedReject = {
  readonly record_id: string;
  /** Identifies the paths and codes of the errors. */
  readonly fingerprint: string;
  /** JSON. */
  readonly errors: string;
  /** The number of its page, from 1. */
  readonly record_page: number;
  readonly record_index: number;
  /** The offset in the raw file, in bytes. */
  readonly record_offset: number;
  /** The record's bytes; null if they are too large to be stored twice. */
  readonly record: Buffer | null;
};

/** The staging tables of one resource in one run. */
export type Staging = {
  /**
   * Copies rows from CSV without a header, with columns in the order of the table literal. Returns the number of
   * rows.
   */
  readonly copy: (table: Table, csv: Uint8Array<ArrayBuffer>) => Promise<number>;
  /** Keeps the rows with these ids, because their records arrived but broke their contract. */
  readonly hold: (ids: Iterable<string>) => Promise<void>;
  /** Stages the digest of each id's newest record, for a resource whose changes are pulled. */
  readonly newest: (records: ReadonlyMap<string, string>) => Promise<void>;
  /** Stages records that were set aside. */
  readonly reject: (rejects: readonly StagedReject[]) => Promise<void>;
  /** Call after the last row, with the number of rows staged for each table. */
  readonly finish: (staged: Readonly<Record<string, number>>) => Promise<void>;
  /** Releases the connection; the tables stay until the run ends. */
  readonly close: () => Promise<void>;
};

export type Target = {
  readonly stage: (resource: Resource) => Promise<Staging>;
  /**
   * Maps ids to the values of a text column, for the rows that the main table will have after this run's staging is
   * published. If the run staged nothing for the resource, uses the current rows.
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
  /**
   * Runs `work` in one transaction on locked tables. Commits when `work` returns; otherwise leaves everything
   * unchanged.
   */
  readonly publish: <T>(
    tables: readonly Table[],
    work: (transaction: PublishTransaction) => Promise<T>,
  ) => Promise<T>;
  /** What publishing the resource's staged rows would do. Writes nothing. */
  readonly preview: (
    resource: Resource,
    scope: PreviewScope,
  ) => Promise<{ readonly tables: Readonly<Record<string, TableChanges>>; readonly rejects: RejectChanges }>;
  /** Drops everything that was staged. */
  readonly discard: () => Promise<void>;
  /**
   * Runs the data checks of these resources on the published rows, and writes the findings to the ledger. For a
   * resource in `touched`, the checks examine only the given ids, and the ledger keeps the result of the last
   * complete check.
   */
  readonly check: (
    resources: readonly Resource[],
    touched?: ReadonlyMap<string, readonly string[]>,
  ) => Promise<readonly CheckResult[]>;
};

export type PublishTransaction = {
  /** Counts the current rows of the resource's main table, and the rows that a merge would delete. */
  readonly countVanishing: (resource: Resource) => Promise<{ live: number; vanishing: number }>;
  readonly merge: (
    table: Table,
    resource: Resource,
    deletes: boolean,
  ) => Promise<Omit<TableCounts, 'dangling'>>;
  /**
   * A merge for tables in which only staged rows can have changed since `left`: the work is proportional to the
   * number of staged rows.
   */
  readonly mergeTouched: (table: Table, resource: Resource, left: TableCounts) => Promise<TableCounts>;
  readonly contents: Target['contents'];
  readonly countDangling: (table: Table) => Promise<TableCounts['dangling']>;
  /** Writes the end of the run to the ledger. Throws if the run is no longer `running`. */
  readonly record: (end: RunEnd) => Promise<void>;
};
