import type { Table } from '../../core/table.ts';
import type { PreviewScope, RejectChanges, RowChange, TableChanges } from '../../core/preview.ts';
import { heldTouchedSql } from './merge-touched.ts';
import { changeable, heldSql, sameValues } from './merge.ts';
import type { Session } from './session.ts';
import { columnList, ident } from './sql.ts';
import { sameKey, type StagedResource } from './staged-resource.ts';

/**
 * What publishing the staged rows would change in one table, with the first rows of each kind of change. Writes
 * nothing.
 */
export async function previewTable(
  session: Session,
  stagedResource: StagedResource,
  table: Table,
  { sample, touched }: PreviewScope,
): Promise<TableChanges> {
  const staged = stagedResource.rows(table);
  const live = ident(table.name);
  const inserted = `FROM ${staged} s WHERE NOT EXISTS (SELECT FROM ${live} t WHERE ${sameKey(table)})`;
  const updated = `FROM ${staged} s JOIN ${live} t ON ${sameKey(table)} WHERE NOT ${sameValues(table)}`;
  const deleted = touched ? goneTouchedSql(stagedResource, table) : goneSql(stagedResource, table);
  const held = (touched ? heldTouchedSql : heldSql)(stagedResource, table);
  const counts = await session.one<
    Record<'staged' | 'inserted' | 'updated' | 'deleted' | 'held', number> & Pick<TableChanges, 'kept'>
  >(`SELECT (SELECT count(*) FROM ${staged}) AS staged, (SELECT count(*) ${inserted}) AS inserted,
            (SELECT count(*) ${updated}) AS updated, (SELECT count(*) ${deleted}) AS deleted,
            (${held}) AS held, (${touched ? 'NULL' : keptSql(stagedResource, table)}) AS kept`);
  const changes = [
    ...(await firstRows(session, table, 'inserted', inserted, sample)),
    ...(await firstRows(session, table, 'updated', updated, sample)),
    ...(await firstRows(session, table, 'deleted', deleted, sample)),
  ];
  const { staged: all, ...rest } = counts;
  return { ...rest, unchanged: all - counts.inserted - counts.updated, changes };
}

/** The current rows that a merge would delete. */
function goneSql({ isGone }: StagedResource, table: Table): string {
  return `FROM ${ident(table.name)} t WHERE ${isGone(table) ?? 'false'}`;
}

/** The same, but for a merge that deletes only rows of received records. Finds the rows through those records. */
function goneTouchedSql({ isStaged, resource, rows }: StagedResource, table: Table): string {
  const [main] = resource.tables;
  const mayGo = table.name !== main.name && table.keep !== true;
  return `FROM ${rows(main)} m JOIN ${ident(table.name)} t ON t.${ident(table.owner)} = m.id
    WHERE ${mayGo ? `NOT ${isStaged(table)}` : 'false'}`;
}

/** The number of rows that are not staged, for a table that keeps all its rows. */
function keptSql({ isStaged }: StagedResource, table: Table): string {
  if (table.keep !== true) return 'SELECT 0::bigint AS n';
  return `SELECT count(*) AS n FROM ${ident(table.name)} t WHERE NOT ${isStaged(table)}`;
}

/** Records that the ledger lists as rejects but that are now valid, and vice versa. */
export async function previewRejects(
  session: Session,
  { resource, rows, rejects }: StagedResource,
): Promise<RejectChanges> {
  const main = rows(resource.tables[0]);
  const accepted = await session.texts(
    `SELECT DISTINCT record_id FROM rejects r WHERE resource = $1 AND status IN ('open', 'waived')
       AND EXISTS (SELECT FROM ${main} s WHERE s.id = r.record_id)
       AND NOT EXISTS (SELECT FROM ${rejects} o WHERE o.record_id = r.record_id) ORDER BY 1`,
    [resource.name],
  );
  const rejected = await session.rows<{ id: string; errors: string }>(
    `SELECT record_id AS id, errors FROM ${rejects} o
     WHERE NOT EXISTS (SELECT FROM rejects r WHERE r.resource = $1 AND r.record_id = o.record_id AND r.status IN ('open', 'waived'))
     ORDER BY record_index`,
    [resource.name],
  );
  return {
    newly_accepted: accepted,
    newly_rejected: rejected.map(({ id, errors }) => ({
      id,
      errors: JSON.parse(errors) as RejectChanges['newly_rejected'][number]['errors'],
    })),
  };
}

/** Formats the values before and after the change like all printed values, but lets SQL decide whether they differ. */
async function firstRows(
  session: Session,
  table: Table,
  kind: RowChange['kind'],
  from: string,
  sample: number,
): Promise<readonly RowChange[]> {
  const cells = kind === 'updated' ? changeable(table) : [];
  const key = columnList(table.key, kind === 'deleted' ? 't' : 's');
  const compared = cells
    .map((column) => [`t.${ident(column)}`, `s.${ident(column)}`])
    .map(([before, after]) => `, ${before}, ${after}, ${before} IS DISTINCT FROM ${after}`);
  const { rows: found } = await session.printed(
    `SELECT ${key}${compared.join('')} ${from} ORDER BY ${key} LIMIT $1`,
    [sample],
  );
  return found.map((values) => ({
    kind,
    key: Object.fromEntries(table.key.map((column, index) => [column, values[index]])),
    cells: cells.flatMap((column, index) => {
      const [before, after, differs] = values.slice(table.key.length + 3 * index);
      return differs === true ? [{ column, before, after }] : [];
    }),
  }));
}
