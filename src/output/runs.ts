import type { TableChanges } from '../core/preview.ts';
import type { RawFile, ResourceReport, ResourceStatus, RunReport, RunStatus } from '../core/run.ts';
import type { TableCounts } from '../core/run.ts';
import { nullable, number, object, type Schema, type Static } from '../core/schema.ts';
import { byName, choice, count, error, fault, flag, list, proof } from './parts.ts';
import { rowChange, runStatus, RUN_STATUSES, text, time } from './parts.ts';

const tableCounts: Schema<TableCounts> = object({
  staged: count(
    'inserted + updated + unchanged; if the resource was not derived again, the number of current rows',
  ),
  inserted: count(),
  updated: count(),
  unchanged: count(),
  deleted: count('moved to tombstones'),
  held: count('left unchanged because their record was rejected'),
  live_before: count(),
  live_after: count('live_before + inserted - deleted'),
  digest: text(
    'identifies the current rows, regardless of their order: the row count, a colon and the sum of the row hashes',
  ),
  dangling: byName(count(), 'rows that refer to a missing row, by column'),
  carried: flag(
    "whether the number of current rows and the digest were updated from the previous run's values instead of being computed from all rows",
  ),
});

const resourceStatus: Schema<ResourceStatus> = choice(
  ['succeeded', 'failed', 'skipped', 'absent', 'kept'],
  'skipped: a resource that it needs was incomplete, or another resource failed in an all-or-nothing run; absent: no copy of it exists, which is not a failure, and its rows stay; kept: it was published from a different address, and a default run does not replace it',
);

/** A raw file as described in the ledger. */
export const RAW_FILE = {
  path: text('relative to the run folder'),
  url: text('for a preserved copy, the address of the copy'),
  bytes: count(),
  sha256: text(),
  etag: nullable(text()),
  received_by: text('the run that received the file: an earlier run if nothing has changed since'),
  captured_at: nullable(time('for a preserved copy, when it was captured')),
  proof: nullable(proof),
};
const rawFile: Schema<RawFile> = object(RAW_FILE);

const pass = choice(['full', 'changes'], 'whether the complete collection was pulled, or only changes');

const ROW_COUNTS = {
  inserted: count(),
  updated: count(),
  unchanged: count(),
  deleted: count(),
  held: count(),
};

const resourceReport: Schema<ResourceReport> = object({
  status: resourceStatus,
  received: count('the number of records: validated + errored + repeated'),
  validated: count(),
  errored: count('set aside'),
  repeated: count('valid, but superseded by a newer record with the same id'),
  pass,
  ...ROW_COUNTS,
  inserted: count('this field and the next four count rows in the main table'),
  not_modified: flag('the API responded with 304, so the records come from an earlier response'),
  pages: list(rawFile, 'the raw files; preserved copies may be from different days'),
  seconds: number({ minimum: 0 }),
  tables: byName(tableCounts, 'its tables, with rows counted by SQL in the transaction that published them'),
  error: error('why the resource was not published'),
});

/** What `run --json` prints. A skipped run never began, so no past run has that status. */
export type RunDocument = Omit<RunReport, 'status'> & { readonly status: RunStatus | 'skipped' };

export const runDocument: Schema<RunDocument> = object({
  run_id: nullable(
    text(
      'null: the run never began, for example because of an invalid flag or a busy or unmigrated database',
    ),
  ),
  status: choice(
    [...RUN_STATUSES, 'skipped'],
    'partial: some resources were published, others kept their old rows; running: only among past runs; skipped: the run did not begin, because another run was using the database and --if-busy was skip',
  ),
  source: nullable(text('its name')),
  address: nullable(text('where the records came from: archive, live, sandbox or the base URL')),
  simulated: nullable(flag('whether the records are simulated; null if no response said whether they are')),
  run_dir: nullable(text('its folder')),
  job: nullable(text('the job that started the run; null if no job started it')),
  started_at: nullable(time()),
  finished_at: nullable(time()),
  resources: byName(resourceReport, 'the result for each resource'),
  error: error('the error that determines the exit code'),
});

const tableChanges: Schema<TableChanges> = object({
  ...ROW_COUNTS,
  kept: nullable(
    count(
      'rows that stay although no record produces them, because their table keeps all rows; null if only changes were pulled',
    ),
  ),
  changes: list(rowChange, 'the first changes of each kind'),
});

export const planDocument = object({
  source: text('its name'),
  address: text('where the records came from: archive, live, sandbox or the base URL'),
  simulated: nullable(flag()),
  resources: byName(
    object({
      status: resourceStatus,
      pass,
      received: count(),
      validated: count(),
      errored: count(),
      newly_accepted: list(text(), 'ids of records that now satisfy their contract'),
      newly_rejected: list(object({ id: text(), errors: list(fault) })),
      tables: byName(tableChanges, 'rows that a run would change'),
      error: error('why the resource could not be compared'),
    }),
  ),
  error: error('the error that determines the exit code'),
  changes: flag('whether a run would change anything; if so, the exit code is 10'),
});
export type PlanReport = Static<typeof planDocument>;

const tableVerdict = object({
  table: text(),
  source: text(),
  resource: text(),
  digest: text('the digest after the last run that published the table'),
  digest_now: text(),
  missing: nullable(
    count('rows that are derived from the raw files but missing from the table; null without raw files'),
  ),
  extra: nullable(count('rows that are in the table but not derived from the raw files')),
  altered: nullable(count('rows that differ from the raw files')),
  underivable: nullable(
    count('rows that the table keeps although no raw file of the published data produces them'),
  ),
  rows: list(rowChange, 'the first changes of each kind'),
});
export type TableVerdict = Static<typeof tableVerdict>;

export const verifyDocument = object({
  tables: list(tableVerdict),
  underivable: byName(
    text(),
    'resources that could not be derived again, and why; named `source.resource` for sources other than the default one',
  ),
  intact: flag('false: the exit code is 1'),
});
export type VerifyReport = Static<typeof verifyDocument>;

const prunedFolder = object({
  run_id: text(),
  run_dir: text(),
  status: nullable(runStatus),
  reason: choice(
    ['superseded', 'failed', 'half_written', 'leftover'],
    'superseded: enough newer runs are published; failed: it published nothing; half_written: it has no manifest; leftover: an earlier removal was incomplete',
  ),
  error: error('why the folder could not be removed; the exit code is then 1'),
});
export type PrunedFolder = Static<typeof prunedFolder>;

export const pruneDocument = object({
  dry_run: flag(),
  pruned: list(prunedFolder, 'folders that were removed; with --dry-run, folders that would be removed'),
  kept: count('the number of run folders that remain, including the folders of other databases and schemas'),
  tombstones: count('the number of deleted rows in the ledger that are old enough to be removed'),
});
export type PruneReport = Static<typeof pruneDocument>;
