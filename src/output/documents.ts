import type { ErrorReport } from '../core/errors.ts';
import { nullable, object, type Schema, type Static } from '../core/schema.ts';
import { jobReport, jobRunDocument, jobTry } from './jobs.ts';
import { anything, byName, choice, count, described, errorReport, flag, list, text, time } from './parts.ts';
import { checkDocument, checkRow, driftDocument, explainDocument } from './records.ts';
import { rejectDocument, rejectLine, shownReject } from './records.ts';
import { planDocument, pruneDocument, runDocument, verifyDocument } from './runs.ts';
import { statusDocument } from './status.ts';

export type CommandDocument = {
  /** The commands that print it, without the program's name. */
  readonly commands: readonly string[];
  /** The flags that select this document, if the command prints a different document without them. */
  readonly flags: string | null;
  readonly schema: Schema;
};

const RESOURCE = {
  name: text(),
  description: text(),
  path: text('relative to the base URL'),
  shape: choice(['array', 'object']),
  needs: list(text(), 'resources that must be loaded before it'),
};

const newResource = object({
  resource: text('its name'),
  source: text('its name'),
  samples: count('how many records the draft is based on'),
  tables: list(text(), 'the main table first'),
  wrote: list(text(), 'files, relative to the project root'),
  changed: list(text(), 'files, relative to the project root'),
  review: list(text(), 'what to review manually'),
  next: list(text(), 'commands to run in the project root'),
});
export type NewResource = Static<typeof newResource>;

const exportedTable = object({ table: text(), file: text(), rows: count() });
export type ExportedTable = Static<typeof exportedTable>;

const migrateDocument = object({
  changed: list(text(), 'names of the migrations that were applied or reverted'),
  made_again: list(
    text(),
    'objects from applied migrations that were missing and have been recreated, without their contents',
  ),
  missing: nullable(
    list(
      text(),
      'objects of applied migrations that are missing; null if the role or server cannot create the temporary tables for the comparison',
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
  version: nullable(text('the version of the server; null for the embedded database')),
  pending: nullable(
    count('the number of pending migrations; null for the embedded database, where a run applies them'),
  ),
  next: text('the command to run next'),
});
export type InitDocument = Static<typeof initDocument>;

const LISTED = {
  source: text('its name'),
  schema: text(),
  name: text(),
  kind: choice(['table', 'view']),
  rows: nullable(count('the current number of rows; null if the source has never been loaded')),
  bytes: nullable(count('the size, including indexes; null for a view')),
  changed_at: nullable(time('the end of the run that last changed a row; null for a view')),
  empty: nullable(text('why it has no rows; null if it has some, or the reason is unknown')),
  description: nullable(text('what a row represents')),
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
  document(['rejects list'], list(rejectDocument, 'in order of arrival')),
  document(['rejects list'], list(rejectLine), '--status'),
  document(['rejects show'], list(shownReject)),
  document(
    ['rejects waive'],
    object({ id: text(), waived: count('the number of rejects that were waived') }),
  ),
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
          doc: text('what a row represents'),
          key: list(text()),
          owner: text('the column with the id of the record'),
          columns: byName(
            described(
              { type: 'object' },
              'its type, whether it can be null, what it references, and what it means',
            ),
          ),
        }),
      ),
      contract: described({ type: 'object' }, 'the contract for a record, as a JSON Schema'),
    }),
  ),
  document(['resources new'], newResource),
  document(
    ['dag'],
    list(
      object({ name: text(), needs: list(text()) }),
      'each after the resources that it needs, with publish last',
    ),
  ),
  document(['migrate up', 'migrate down', 'migrate status'], migrateDocument),
  document(
    ['query'],
    list(
      byName(anything()),
      'one for each row, with the columns in order; a repeated column name gets the first free suffix: `_2`, `_3` and so on',
    ),
  ),
  document(['tables'], list(object(LISTED))),
  document(['tables'], list(shownTable, 'two if both sources have a table with that name'), 'NAME'),
  document(['export'], list(exportedTable)),
  document(['init'], initDocument),
  document(
    ['config'],
    byName(
      object({
        value: anything('secrets masked'),
        origin: text('default, file …, variable … or flag …'),
      }),
      'one for each key',
    ),
  ),
  document(['jobs'], list(jobReport)),
  document(['jobs enable', 'jobs disable'], jobReport),
  document(['jobs history'], list(jobTry, 'newest first')),
  document(['jobs run'], jobRunDocument),
  document(
    ['serve'],
    object({
      url: text('the address that the server listens on; printed once the server is ready'),
      pg_url: nullable(text('with --pg-port, the URL for tools that read the embedded database')),
      psql: nullable(text('with --pg-port, a psql command that reads a table')),
      jobs: list(jobReport),
    }),
  ),
  document(
    ['db serve'],
    object({
      url: text('the address that the server listens on; printed once the server is ready'),
      psql: text('a psql command that reads a table'),
    }),
  ),
  document(
    ['sandbox'],
    object({ url: text('the address that the server listens on; printed once the server is ready') }),
  ),
  document(
    ['sandbox launch-library'],
    object({ url: text('the base URL, including the API version; printed once the server is ready') }),
  ),
  document(
    ['sandbox'],
    object({
      url: text('the base URL of the API; printed once the server is ready'),
      archive_url: text('the value for SPACEX_PIPELINE_ARCHIVE_URL'),
      recordings_url: text('the value for SPACEX_PIPELINE_RECORDINGS_URL'),
    }),
    '--wayback',
  ),
];

function document(commands: readonly string[], schema: Schema, flags: string | null = null): CommandDocument {
  return { commands, schema, flags };
}
