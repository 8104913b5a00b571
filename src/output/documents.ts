import type { ErrorReport } from '../core/errors.ts';
import { nullable, object, type Schema, type Static } from '../core/schema.ts';
import { jobReport, jobRunDocument, jobTry } from './jobs.ts';
import { anything, byName, choice, count, described, errorReport, flag, list, text, time } from './parts.ts';
import { checkDocument, checkRow, driftDocument, explainDocument } from './records.ts';
import { rejectDocument, rejectLine, shownReject } from './records.ts';
import { planDocument, pruneDocument, runDocument, verifyDocument } from './runs.ts';
import { statusDocument } from './status.ts';

export type CommandDocument = {
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
  shape: choice(['array', 'object']),
  needs: list(text(), 'resources that it needs'),
};

const newResource = object({
  resource: text('its name'),
  source: text('its name'),
  samples: count('how many records it was drafted from'),
  tables: list(text(), 'the main one first'),
  wrote: list(text(), 'files, from the root of the project'),
  changed: list(text(), 'files, from the root of the project'),
  review: list(text(), 'what to check by hand'),
  next: list(text(), 'commands to type in the root of the project'),
});
export type NewResource = Static<typeof newResource>;

const exportedTable = object({ table: text(), file: text(), rows: count() });
export type ExportedTable = Static<typeof exportedTable>;

const migrateDocument = object({
  changed: list(text(), 'names of the migrations that were applied or reverted'),
  made_again: list(
    text(),
    'objects of applied migrations that were missing and were recreated, without their contents',
  ),
  missing: nullable(
    list(
      text(),
      'objects of applied migrations that are missing; null if the role or server cannot make temporary tables to compare with',
    ),
  ),
  migrations: list(
    object({ name: text(), source: text('its name'), applied_at: nullable(time('null while pending')) }),
  ),
});
export type MigrateReport = Static<typeof migrateDocument>;

const initDocument = object({
  file: text('the file that was written'),
  database: text('the server, or the data folder of the embedded database'),
  version: nullable(text('of the server; null for the embedded database')),
  pending: nullable(count('migrations; null for the embedded database, where a run applies them')),
  next: text('the command to type now'),
});
export type InitDocument = Static<typeof initDocument>;

const LISTED = {
  source: text('its name'),
  schema: text(),
  name: text(),
  kind: choice(['table', 'view']),
  rows: nullable(count('counted now; null if the source was never loaded')),
  bytes: nullable(count('with indexes; null for a view')),
  changed_at: nullable(time('the end of the run that last changed a row; null for a view')),
  empty: nullable(text('why it has no rows; null if it has some, or the reason is unknown')),
  description: nullable(text('what a row is')),
};
const shownTable = object({
  ...LISTED,
  columns: list(
    object({
      name: text(),
      type: text('the PostgreSQL type'),
      nullable: flag(),
      description: nullable(text()),
    }),
  ),
});
export type TableReport = Static<typeof shownTable>;

/** What `--json` prints if a command fails before it has a document of its own; `run` always has one. */
export const FAILURE: Schema<{ readonly error: ErrorReport }> = object({
  error: described(errorReport, 'why it failed'),
});

/** Every document that `--json` prints. */
export const DOCUMENTS: readonly CommandDocument[] = [
  document(['run', 'resume', 'replay', 'runs show'], runDocument),
  document(['runs'], list(runDocument, 'newest first')),
  document(['runs prune'], pruneDocument),
  document(['plan'], planDocument),
  document(['verify'], verifyDocument),
  document(['status'], statusDocument),
  document(['rejects list'], list(rejectDocument, 'in the order in which they arrived')),
  document(['rejects list'], list(rejectLine), '--status'),
  document(['rejects show'], list(shownReject)),
  document(['rejects waive'], object({ id: text(), waived: count('lines') })),
  document(['checks'], list(checkDocument)),
  document(['checks'], list(checkRow), '--rows'),
  document(['drift'], driftDocument),
  document(['explain'], explainDocument),
  document(['resources'], list(object({ ...RESOURCE, tables: list(text()) }))),
  document(
    ['resources show'],
    object({
      ...RESOURCE,
      tables: list(
        object({
          name: text(),
          doc: text('what a row is'),
          key: list(text()),
          owner: text('the column that holds the id of the record'),
          columns: byName(
            described(
              { type: 'object' },
              'its type, whether it may be null, what it references, and what it means',
            ),
          ),
        }),
      ),
      contract: described({ type: 'object' }, 'of a record, as JSON Schema'),
    }),
  ),
  document(['resources new'], newResource),
  document(
    ['dag'],
    list(object({ name: text(), needs: list(text()) }), 'each after those that it needs, publish last'),
  ),
  document(['migrate up', 'migrate down', 'migrate status'], migrateDocument),
  document(
    ['query'],
    list(
      byName(anything()),
      'an object for each row, with the columns in their order; a repeated name gets the first free suffix: `_2`, `_3` and so on',
    ),
  ),
  document(['tables'], list(object(LISTED))),
  document(['tables'], list(shownTable, 'two if both sources have one of that name'), 'NAME'),
  document(['export'], list(exportedTable)),
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
  document(['jobs'], list(jobReport)),
  document(['jobs enable', 'jobs disable'], jobReport),
  document(['jobs history'], list(jobTry, 'newest first')),
  document(['jobs run'], jobRunDocument),
  document(
    ['serve'],
    object({
      url: text('where it listens; printed once it is ready'),
      pg_url: nullable(text('with --pg-port: for tools that read the embedded database')),
      psql: nullable(text('with --pg-port: a psql command that reads a table')),
      jobs: list(jobReport),
    }),
  ),
  document(
    ['db serve'],
    object({
      url: text('where it listens; printed once it is ready'),
      psql: text('a psql command that reads a table'),
    }),
  ),
  document(['sandbox'], object({ url: text('where it listens; printed once it is ready') })),
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

function document(commands: readonly string[], schema: Schema, flags: string | null = null): CommandDocument {
  return { commands, schema, flags };
}
