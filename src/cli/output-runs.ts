import type { PlanReport } from '../app/plan.ts';
import type { PruneReport } from '../app/prune.ts';
import type { VerifyReport } from '../app/verify.ts';
import type { TableChanges } from '../core/preview.ts';
import type { RawFile, ResourceReport, ResourceStatus, TableCounts } from '../core/run.ts';
import { array, boolean, nullable, number, object, oneOf, string, type Schema } from '../core/schema.ts';
import {
  byName,
  count,
  error,
  fault,
  proof,
  rowChange,
  RUN_STATUSES,
  runStatus,
  text,
  time,
} from './output-parts.ts';
import type { RunDocument } from './run-document.ts';

/** The output about runs, as JSON Schema. The compiler checks it against the printed types. */

const tableCounts: Schema<TableCounts> = object({
  staged: count('inserted + updated + unchanged; of a resource that was not derived again, what is live'),
  inserted: count(),
  updated: count(),
  unchanged: count(),
  deleted: count('moved to tombstones'),
  held: count('kept as they were, as their record broke its contract'),
  live_before: count(),
  live_after: count('live_before + inserted - deleted'),
  digest: text('of the live rows, whatever their order: their number, a colon, the sum of their hashes'),
  dangling: byName(count(), 'rows whose reference names no row, by column'),
  carried: boolean({
    description: 'live rows and digest were carried on from the run before, not counted',
  }),
});

const resourceStatus: Schema<ResourceStatus> = oneOf(['succeeded', 'failed', 'skipped', 'absent', 'kept'], {
  description:
    'skipped: something it needs was incomplete, or the run is all or nothing; absent: no copy of it exists, which is no failure, and its rows stay; kept: another address published it, and a default run lets its rows be',
});

const rawFile: Schema<RawFile> = object({
  path: text('below the run folder'),
  url: text('of a preserved copy, its own'),
  bytes: count(),
  sha256: text(),
  etag: nullable(text()),
  received_by: text('the run that received it: an earlier one if nothing has changed since'),
  captured_at: nullable(time('of a preserved copy: when it was made')),
  proof: nullable(proof),
});

const resourceReport: Schema<ResourceReport> = object({
  status: resourceStatus,
  received: count('records; validated + errored + repeated'),
  validated: count(),
  errored: count('set aside'),
  repeated: count('valid, and a newer record of the same id came, too'),
  pass: oneOf(['full', 'changes'], {
    description: 'whether the complete collection was pulled, or what had changed',
  }),
  inserted: count('this and the next four: rows of its main table'),
  updated: count(),
  unchanged: count(),
  deleted: count(),
  held: count(),
  not_modified: boolean({
    description: 'the API said 304: the records are those of an earlier response',
  }),
  pages: array(rawFile, { description: 'the raw files; preserved copies may be of different days' }),
  seconds: number({ minimum: 0 }),
  tables: byName(tableCounts, 'its tables, counted by SQL in the transaction that published them'),
  error: error('why it was not published'),
});

export const runDocument: Schema<RunDocument> = object({
  run_id: nullable(text('null: it never began, as of a wrong flag, a busy or an unmigrated database')),
  status: oneOf([...RUN_STATUSES, 'skipped'], {
    description:
      'partial: some resources were published, others kept their old rows; running: among past runs alone; skipped: it did not begin, as another run had the database and --if-busy was skip',
  }),
  source: nullable(text('its name')),
  address: nullable(text('where the records came from: archive, live, sandbox or the base URL')),
  simulated: nullable(boolean({ description: 'the records are made up; null: no response ever said' })),
  run_dir: nullable(text('its folder')),
  job: nullable(text('the job that it is a run of; null: somebody started it by hand')),
  started_at: nullable(time()),
  finished_at: nullable(time()),
  resources: byName(resourceReport, 'what became of each'),
  error: error('the one that decides the exit code'),
});

const tableChanges: Schema<TableChanges> = object({
  inserted: count(),
  updated: count(),
  unchanged: count(),
  deleted: count(),
  held: count(),
  kept: nullable(
    count(
      'rows that stay though no record makes them, as their table keeps all; null where only what had changed was pulled',
    ),
  ),
  changes: array(rowChange, { description: 'the first of each kind' }),
});

export const planDocument: Schema<PlanReport> = object({
  source: text('its name'),
  address: text('where the records came from: archive, live, sandbox or the base URL'),
  simulated: nullable(boolean()),
  resources: byName(
    object({
      status: resourceStatus,
      pass: oneOf(['full', 'changes'], {
        description: 'did the pull return the complete collection, or what had changed?',
      }),
      received: count(),
      validated: count(),
      errored: count(),
      newly_accepted: array(string(), { description: 'ids of records that honour their contract now' }),
      newly_rejected: array(object({ id: text(), errors: array(fault) })),
      tables: byName(tableChanges, 'rows that a run would change'),
      error: error('why nothing can be said of it'),
    }),
  ),
  error: error('the one that decides the exit code'),
  changes: boolean({ description: 'would a run change anything? The exit code is then 10' }),
});

export const verifyDocument: Schema<VerifyReport> = object({
  tables: array(
    object({
      table: text(),
      source: text(),
      resource: text(),
      digest: text('as the last run that published the table left it'),
      digest_now: text(),
      missing: nullable(count('rows that a derivation from raw has and the table has not; null without raw')),
      extra: nullable(count('the other way round')),
      altered: nullable(count('rows that differ')),
      underivable: nullable(
        count('rows that the table keeps, and that none of the raw files behind what is published makes'),
      ),
      rows: array(rowChange, { description: 'the first of each kind' }),
    }),
  ),
  underivable: byName(string(), 'resources that could not be derived again, and why'),
  intact: boolean({ description: 'false: the exit code is 1' }),
});

export const pruneDocument: Schema<PruneReport> = object({
  dry_run: boolean(),
  pruned: array(
    object({
      run_id: text(),
      run_dir: text(),
      status: nullable(runStatus()),
      reason: oneOf(['superseded', 'failed', 'half_written', 'leftover'], {
        description:
          'superseded: enough newer runs are published; failed: it published nothing; half_written: no manifest; leftover: an earlier removal cut short',
      }),
      error: error('why the folder could not be removed; the exit code is then 1'),
    }),
    { description: 'folders that were removed, or would be with --dry-run' },
  ),
  kept: count('folders of runs that stay, those of other databases and schemas included'),
  tombstones: count('deleted rows that the ledger no longer keeps'),
});
