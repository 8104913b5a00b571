import type { ClientBase } from 'pg';

import type { Resource } from '../../core/resource.ts';
import type { Table } from '../../core/table.ts';
import type { RejectChanges, RowChange, TableChanges } from '../../core/preview.ts';
import { contents, goneSql, heldSql, sameKey } from './merge.ts';
import { one, rows } from './session.ts';
import { columnList, ident } from './sql.ts';
import { sharedRows, type StagingNames } from './staging.ts';

type Found = {
  readonly key: Record<string, unknown>;
  readonly before: Doc | null;
  readonly after: Doc | null;
};
type Doc = Readonly<Record<string, unknown>>;

/** What a publish of the staged rows would do to one table, with the first rows of each kind. Writes nothing. */
export async function previewTable(
  client: ClientBase,
  names: StagingNames,
  table: Table,
  options: { readonly resource: Resource; readonly deletes: boolean; readonly sample: number },
): Promise<TableChanges> {
  const { resource, deletes, sample } = options;
  const staged = ident(...names.rows(table));
  const live = ident(table.name);
  const columns = contents(table);
  const differs =
    columns.length === 0
      ? 'false'
      : `(${columnList(columns, 't')}) IS DISTINCT FROM (${columnList(columns, 's')})`;
  const inserted = `FROM ${staged} s WHERE NOT EXISTS (SELECT FROM ${live} t WHERE ${sameKey(table)})`;
  const updated = `FROM ${staged} s JOIN ${live} t ON ${sameKey(table)} WHERE ${differs}`;
  const gone = goneSql(table, names, resource, deletes);
  const deleted = `FROM ${live} t WHERE ${gone ?? 'false'}`;
  const counts = await one<Record<'staged' | 'inserted' | 'updated' | 'deleted' | 'held', number>>(
    client,
    `SELECT (SELECT count(*) FROM ${staged}) AS staged, (SELECT count(*) ${inserted}) AS inserted,
            (SELECT count(*) ${updated}) AS updated, (SELECT count(*) ${deleted}) AS deleted,
            (${heldSql(table, staged, sharedRows(names.held, resource))}) AS held`,
  );
  const first = (what: string, before: string, after: string): Promise<Found[]> =>
    rows<Found>(
      client,
      `SELECT to_jsonb(${after === 'NULL' ? 't' : 's'}) AS key, ${before} AS before, ${after} AS after
       ${what} ORDER BY ${columnList(table.key, after === 'NULL' ? 't' : 's')} LIMIT $1`,
      [sample],
    );
  const changes = [
    ...(await first(inserted, 'NULL', 'to_jsonb(s)')).map(rowChange(table, 'inserted', [])),
    ...(await first(updated, 'to_jsonb(t)', 'to_jsonb(s)')).map(rowChange(table, 'updated', columns)),
    ...(await first(deleted, 'to_jsonb(t)', 'NULL')).map(rowChange(table, 'deleted', [])),
  ];
  const { staged: all, ...rest } = counts;
  return { ...rest, unchanged: all - counts.inserted - counts.updated, changes };
}

/** Records whose contract would judge them otherwise than it does now, by the ledger's open lines. */
export async function previewRejects(
  client: ClientBase,
  names: StagingNames,
  resource: Resource,
): Promise<RejectChanges> {
  const staged = sharedRows(names.rejects, resource);
  const main = ident(...names.rows(resource.tables[0]));
  const accepted = await rows<{ id: string }>(
    client,
    `SELECT DISTINCT record_id AS id FROM rejects r WHERE resource = $1 AND status IN ('open', 'waived')
       AND EXISTS (SELECT FROM ${main} s WHERE s.id = r.record_id) ORDER BY 1`,
    [resource.name],
  );
  const rejected = await rows<{ id: string; errors: string }>(
    client,
    `SELECT record_id AS id, errors FROM ${staged} o
     WHERE NOT EXISTS (SELECT FROM rejects r WHERE r.resource = $1 AND r.record_id = o.record_id AND r.status IN ('open', 'waived'))
     ORDER BY record_index`,
    [resource.name],
  );
  return {
    newly_accepted: accepted.map(({ id }) => id),
    newly_rejected: rejected.map(({ id, errors }) => ({
      id,
      errors: JSON.parse(errors) as RejectChanges['newly_rejected'][number]['errors'],
    })),
  };
}

function rowChange(table: Table, kind: RowChange['kind'], columns: readonly string[]) {
  return ({ key, before, after }: Found): RowChange => ({
    kind,
    key: Object.fromEntries(table.key.map((column) => [column, key[column]])),
    cells: columns
      .filter((column) => JSON.stringify(before?.[column]) !== JSON.stringify(after?.[column]))
      .map((column) => ({ column, before: before?.[column] ?? null, after: after?.[column] ?? null })),
  });
}
