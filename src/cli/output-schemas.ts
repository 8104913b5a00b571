import type { ExportedTable } from '../app/export.ts';
import type { MigrateReport, SourceMigration } from '../app/migrate.ts';
import type { ErrorReport } from '../core/errors.ts';
import { array, nullable, object, oneOf, string, type Schema } from '../core/schema.ts';
import type { InitDocument } from './init.ts';
import { anything, byName, count, described, errorReport, text, time } from './output-parts.ts';
import { checkDocument, checkRow, driftDocument, explainDocument, REJECT_LINE } from './output-records.ts';
import { rejectDocument, rejectLine } from './output-records.ts';
import { jobReport, jobRunDocument, jobTry } from './output-jobs.ts';
import { statusDocument } from './output-status.ts';
import { newResource } from './output-new-resource.ts';
import { listedTable, shownTable } from './output-tables.ts';
import { planDocument, pruneDocument, runDocument, verifyDocument } from './output-runs.ts';

export type OutputDocument = {
  /** The commands that print it, by the words after the program's name. */
  readonly commands: readonly string[];
  /** The flags it needs, if the command prints another document without them. */
  readonly flags: string | null;
  readonly schema: Schema;
};

const RESOURCE = {
  name: text(),
  description: text(),
  path: text('below the base URL'),
  shape: oneOf(['array', 'object']),
  needs: array(string(), { description: 'resources that it needs' }),
};
const exported: Schema<ExportedTable> = object({ table: text(), file: text(), rows: count() });
const migration: Schema<SourceMigration> = object({
  name: text(),
  source: text('its name'),
  applied_at: nullable(time('null while pending')),
});

const migrateDocument: Schema<MigrateReport> = object({
  changed: array(string(), { description: 'names' }),
  made_again: array(string(), { description: 'what was missing and is there again, without what it held' }),
  missing: nullable(
    array(string(), {
      description:
        'what applied migrations made and is missing; null where the role or server cannot make temporary tables to compare with',
    }),
  ),
  migrations: array(migration),
});

const initDocument: Schema<InitDocument> = object({
  file: text('that was written'),
  database: text('the server, or the data folder of the embedded database'),
  version: nullable(text('of the server; null for the embedded database')),
  pending: nullable(count('migrations; null for the embedded database, where a run applies them')),
  next: text('the command to type now'),
});

/** What `--json` prints if a command fails before it has a document of its own; `run` always has one. */
export const FAILURE: Schema<{ readonly error: ErrorReport }> = object({
  error: described(errorReport, 'why it failed'),
});

/** Every document that `--json` prints. */
export const OUTPUT: readonly OutputDocument[] = [
  document(['run', 'resume', 'replay', 'runs show'], runDocument),
  document(['runs'], array(runDocument, { description: 'newest first' })),
  document(['runs prune'], pruneDocument),
  document(['plan'], planDocument),
  document(['verify'], verifyDocument),
  document(['status'], statusDocument),
  document(['rejects list'], array(rejectDocument, { description: 'in the order in which they came' })),
  document(['rejects list'], array(rejectLine), '--status'),
  document(
    ['rejects show'],
    array(
      object({ ...REJECT_LINE, record: nullable(text('its bytes as text; null where nobody has them')) }),
    ),
  ),
  document(['rejects waive'], object({ id: text(), waived: count('lines') })),
  document(['checks'], array(checkDocument)),
  document(['checks'], array(checkRow), '--rows'),
  document(['drift'], driftDocument),
  document(['explain'], explainDocument),
  document(['resources'], array(object({ ...RESOURCE, tables: array(string()) }))),
  document(
    ['resources show'],
    object({
      ...RESOURCE,
      tables: array(
        object({
          name: text(),
          doc: text('what a row is'),
          key: array(string()),
          owner: text('the column that holds the id of the record'),
          columns: byName(
            described({ type: 'object' }, 'its type, whether it may be null, what it refers to and means'),
          ),
        }),
      ),
      contract: described({ type: 'object' }, 'of a record, as JSON Schema'),
    }),
  ),
  document(['resources new'], newResource),
  document(
    ['dag'],
    array(object({ name: text(), needs: array(string()) }), {
      description: 'in an order that keeps to the needs, publish last',
    }),
  ),
  document(['migrate up', 'migrate down', 'migrate status'], migrateDocument),
  document(
    ['query'],
    array(byName(anything()), {
      description:
        'a row each, its columns in their order; a name that occurs again ends in `_2`, `_3` and so on, in the first of these that no other column has',
    }),
  ),
  document(['tables'], array(listedTable)),
  document(
    ['tables'],
    array(shownTable, { description: 'two where two sources have one of that name' }),
    'NAME',
  ),
  document(['export'], array(exported)),
  document(['init'], initDocument),
  document(
    ['config'],
    byName(
      object({
        value: anything('secrets masked'),
        origin: text('default, file …, variable … or flag …'),
      }),
      'by key',
    ),
  ),
  document(['jobs'], array(jobReport)),
  document(['jobs enable', 'jobs disable'], jobReport),
  document(['jobs history'], array(jobTry, { description: 'newest first' })),
  document(['jobs run'], jobRunDocument),
  document(
    ['serve'],
    object({
      url: text('when it is ready'),
      pg_url: nullable(text('with --pg-port: for tools that read the embedded database')),
      psql: nullable(text('with --pg-port: a command that reads')),
      jobs: array(jobReport),
    }),
  ),
  document(['db serve'], object({ url: text('when it is ready'), psql: text('a command that reads') })),
  document(['sandbox'], object({ url: text('when it is ready') })),
  document(
    ['sandbox launch-library'],
    object({ url: text('with the version of the service, when it is ready') }),
  ),
  document(
    ['sandbox'],
    object({
      url: text('of the API, when it is ready'),
      archive_url: text('for SPACEX_PIPELINE_ARCHIVE_URL'),
      recordings_url: text('for SPACEX_PIPELINE_RECORDINGS_URL'),
    }),
    '--wayback',
  ),
];

function document(commands: readonly string[], schema: Schema, flags: string | null = null): OutputDocument {
  return { commands, schema, flags };
}
