import {
  countRows,
  lastChanges,
  lastOutcomes,
  presentTables,
  type LastOutcome,
  type PresentTable,
} from '../adapters/postgres/tables.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { NotFoundError } from '../core/errors.ts';
import type { Source } from '../core/source.ts';
import { sqlType, type Table } from '../core/table.ts';
import { suggest } from '../lib/suggest.ts';
import { ifUnmigrated, inEachSchema } from './database.ts';
import { readAsItStands } from './read-target.ts';
import type { OpenDatabase, AppDeps } from './runtime.ts';
import { flagFor } from './source-flag.ts';
import type { TableReport } from '../output/documents.ts';

export type TableColumn = PresentTable['columns'][number];

/** The current tables and views of the sources. */
export async function listTables(
  configs: readonly [SourceConfig, ...SourceConfig[]],
  deps: AppDeps,
): Promise<TableReport[]> {
  return readAsItStands(configs[0], 'list the tables', deps, async (opened) =>
    (await inEachSchema(configs, opened, tablesOf)).flat(),
  );
}

/** The tables with that name. Throws `NotFoundError` if there are none. */
export function findTables(all: readonly TableReport[], name: string): readonly TableReport[] {
  const found = all.filter((one) => one.name === name || `${one.schema}.${one.name}` === name);
  if (found.length > 0) return found;
  const meant = suggest(
    name,
    all.map((one) => one.name),
  );
  throw new NotFoundError(
    `Cannot find table ${JSON.stringify(name)}${meant === null ? '' : `: did you mean ${meant}?`}`,
    `spacex-pipeline tables${meant === null ? '' : ` ${meant}`}`,
  );
}

async function tablesOf(config: SourceConfig, { session }: OpenDatabase): Promise<TableReport[]> {
  const { source } = config;
  const { schema } = config.settings;
  const present = await presentTables(session, schema);
  if (present.length === 0) return neverLoaded(source, schema);
  const counts = await countRows(
    session,
    schema,
    present.map(({ name }) => name),
  );
  const changes = await lastChanges(session).catch(ifUnmigrated(null));
  const outcomes = await lastOutcomes(session).catch(ifUnmigrated(null));
  return present.map((table) => ({
    source: source.name,
    schema,
    ...table,
    rows: counts.get(table.name) ?? 0,
    changed_at: isoTime(changes?.get(table.name)),
    empty: counts.get(table.name) === 0 ? whyEmpty(source, table, outcomes) : null,
  }));
}

function isoTime(time: string | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

/** The tables as they would be created, in the order of the resources. */
function neverLoaded({ name, resources }: Source, schema: string): TableReport[] {
  return resources.flatMap(({ tables }) =>
    tables.map((table) => ({
      source: name,
      schema,
      name: table.name,
      kind: 'table' as const,
      rows: null,
      bytes: null,
      changed_at: null,
      empty: `never loaded; load it with: spacex-pipeline run${flagFor(name)}`,
      description: table.doc,
      columns: columnsOf(table),
    })),
  );
}

function columnsOf({ columns }: Table): TableColumn[] {
  return Object.entries(columns).map(([name, column]) => ({
    name,
    type: sqlType(column),
    nullable: column.nullable !== false,
    description: column.doc,
  }));
}

function whyEmpty(
  { resources }: Source,
  { kind, name }: PresentTable,
  outcomes: ReadonlyMap<string, LastOutcome> | null,
): string | null {
  if (kind === 'view') return 'the tables that it reads have no matching rows';
  const resource = resources.find(({ tables }) => tables.some((table) => table.name === name));
  if (resource === undefined || outcomes === null) return null;
  const last = outcomes.get(resource.name);
  if (last === undefined) return 'never requested';
  const { address, error, received, run_id, status } = last;
  if (status === 'absent') return `absent from ${address === 'archive' ? 'the archive' : address}`;
  if (status === 'kept') return 'kept as published from a different address';
  if (status !== 'succeeded')
    return `${status} in run ${run_id}${error === null ? '' : `: ${error.message}`}`;
  return received === 0 ? 'the source has no records' : `none of ${received} records produces a row in it`;
}
