import type { Resource } from './resource.ts';
import type { PreviewScope, RejectChanges, TableChanges } from './preview.ts';
import type { CheckResult, ResourceReport, RawFile, RunStatus, TableCounts } from './run.ts';
import type { KindKeeper } from './simulated.ts';
import type { Table } from './table.ts';

/** What the ledger is told when a run begins. */
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
  /** The data folder that it is in. */
  readonly folder_id: string;
  /** The run whose raw files it derives again; null for a pull. */
  readonly origin_run_id: string | null;
  /** The job that it is a run of; null for one that somebody started by hand. */
  readonly job: JobOfRun | null;
};

/** `id` is that of its execution in the queue: a further try of it has the same. */
export type JobOfRun = { readonly name: string; readonly id: string };

/** A resource as the ledger keeps it. */
export type LedgerEntry = {
  readonly resource: Resource;
  readonly report: ResourceReport;
  /** Were its records seen to the last? Then what the ledger tells of rejects can be brought up to date. */
  readonly whole: boolean;
  /** Of all that its rows were derived from (steps/unchanged.ts); null where they were not. */
  readonly key: string | null;
  /** Where it stands then; null for a snapshot. */
  readonly chain: Chain | null;
};

/** Where a resource stands that is pulled by changes. Times are ISO 8601 UTC. */
export type Chain = {
  /** The run that began it, with a full pass. */
  readonly run_id: string;
  /** When that pass began. */
  readonly full_at: string;
  /** What has changed since then is asked for next; null: nobody knows. */
  readonly cursor: string | null;
  /** Where its records came from, and what the pull was narrowed to. */
  readonly scope: string;
  /** The data folder that has its pages. */
  readonly folder_id: string;
};

/** What the last run that published a resource left, as the ledger tells. */
export type LastPublish = {
  readonly run_id: string;
  readonly address: string;
  /** Are its records made up? Null where nobody said. */
  readonly simulated: boolean | null;
  readonly pages: readonly RawFile[];
  readonly received: number;
  readonly errored: number;
  /** Null where a version before there were keys published it. */
  readonly derivation_key: string | null;
  /** Are records of it set aside, by that run or a later one? */
  readonly has_rejects: boolean;
  readonly tables: Readonly<Record<string, TableCounts>>;
  /** Null for a snapshot. Its pages are those of the chain. */
  readonly chain: Chain | null;
};

/** What a table says at present, as TableCounts tells it. */
export type TableContents = { readonly live: number; readonly digest: string };

export type RunEnd = {
  readonly status: RunStatus;
  readonly error: ResourceReport['error'];
  readonly entries: readonly LedgerEntry[];
};

/** Of one run. */
export type Ledger = {
  /** Opens the run. Runs that died are marked failed and their staging is dropped. */
  readonly begin: (run: RunHeader) => Promise<void>;
  /**
   * Opens the run again, which ended without publishing. Throws `usage` when it has published, or a later one has.
   */
  readonly reopen: (run: RunHeader) => Promise<void>;
  /** Ends the run where it published nothing. Leaves a run that is no longer `running` as it is. */
  readonly abandon: (end: RunEnd) => Promise<void>;
  /** What is published of a resource. */
  readonly lastPublish: (resource: string) => Promise<LastPublish | null>;
  /** Which kind of records the target holds; `keep` says which the run has. */
  readonly kind: KindKeeper;
};

/** A record that was set aside, as the ledger keeps it. */
export type StagedReject = {
  readonly record_id: string;
  /** Of the places and codes of its errors. */
  readonly fingerprint: string;
  /** JSON. */
  readonly errors: string;
  /** The page that it is on, from 1. */
  readonly record_page: number;
  readonly record_index: number;
  /** In bytes, in the raw file. */
  readonly record_offset: number;
  /** Its bytes; null for one that is too large to keep twice. */
  readonly record: Buffer | null;
};

/** The staging tables of one resource in one run. */
export type Staging = {
  /** Rows as CSV without a header, columns in the order of the table literal. Gives the number of rows. */
  readonly copy: (table: Table, csv: Uint8Array<ArrayBuffer>) => Promise<number>;
  /** Ids of records that arrived and broke their contract: their rows stay. */
  readonly hold: (ids: Iterable<string>) => Promise<void>;
  /** The newest record of each id, by its digest: of a resource that is pulled by changes. */
  readonly newest: (records: ReadonlyMap<string, string>) => Promise<void>;
  /** Records that were set aside. */
  readonly reject: (rejects: readonly StagedReject[]) => Promise<void>;
  /** After the last row; tells how many rows each table was given. */
  readonly finish: (staged: Readonly<Record<string, number>>) => Promise<void>;
  /** Gives up the connection; the tables stay until the run ends. */
  readonly close: () => Promise<void>;
};

export type Target = {
  readonly stage: (resource: Resource) => Promise<Staging>;
  /**
   * id → text column, of the rows that the main table will have once this run's staging is published: the live ones
   * where it staged none of the resource.
   */
  readonly lookup: (
    resource: Resource,
    column: string,
    deletes: boolean,
  ) => Promise<ReadonlyMap<string, string | null>>;
  /** Digests of the newest records of the resource, by id, where there are any. */
  readonly newest: (resource: Resource, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** What each table of the resource says, by name. */
  readonly contents: (resource: Resource) => Promise<Readonly<Record<string, TableContents>>>;
  /** One transaction on locked tables. Commits when `work` returns, else leaves everything as it was. */
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
   * Makes the data checks of these resources on what is published, and writes what they found into the ledger. Of a
   * resource that is in `touched` they look at those ids alone; then the ledger keeps what they found in all rows.
   */
  readonly check: (
    resources: readonly Resource[],
    touched?: ReadonlyMap<string, readonly string[]>,
  ) => Promise<readonly CheckResult[]>;
};

export type PublishTransaction = {
  /** Rows of the resource's main table: live ones, and those that a merge would delete. */
  readonly countVanishing: (resource: Resource) => Promise<{ live: number; vanishing: number }>;
  readonly merge: (
    table: Table,
    resource: Resource,
    deletes: boolean,
  ) => Promise<Omit<TableCounts, 'dangling'>>;
  /** The same where only staged rows may have changed since `left`: its work grows with those. */
  readonly mergeTouched: (table: Table, resource: Resource, left: TableCounts) => Promise<TableCounts>;
  readonly contents: Target['contents'];
  readonly countDangling: (table: Table) => Promise<TableCounts['dangling']>;
  /** Writes the run's end into the ledger. Throws when the run is not `running` any more. */
  readonly record: (end: RunEnd) => Promise<void>;
};
