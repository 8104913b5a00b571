import type { TableCounts } from '../../core/run.ts';
import type { Table } from '../../core/table.ts';
import { change, compare, danglingSql, hashSumSql } from './merge.ts';
import type { Session } from './session.ts';
import { columnList, ident } from './sql.ts';
import { sameKey, type StagedResource } from './staged-resource.ts';

type Said = { readonly rows: number; readonly sum: string };

/**
 * Merges the staged rows into a target table, like `mergeTable` without deletes, but reads no other rows. Instead, it
 * starts from the counts of the previous publish (`left`). Both parts of a digest are sums, so it subtracts the touched
 * rows as they were before the merge and adds them as they are afterwards.
 */
export async function mergeTouched(
  session: Session,
  stagedResource: StagedResource,
  table: Table,
  runId: string,
  left: TableCounts,
): Promise<TableCounts> {
  const staged = stagedResource.rows(table);
  const touched = touchedSql(stagedResource, table);
  const before = await look(session, table, touched);
  const { count } = await session.one<{ count: number }>(`SELECT count(*) FROM ${staged}`);
  const pairs = await compare(session, table, staged);
  const found = { live: before.rows, staged: count, ...pairs };
  const changed = await change(session, stagedResource, table, runId, found);
  const after = await look(session, table, touched);
  const live = left.live_after - before.rows + after.rows;
  return {
    staged: count,
    ...changed,
    unchanged: pairs.unchanged,
    held: (await session.one<{ n: number }>(heldTouchedSql(stagedResource, table))).n,
    live_before: left.live_after,
    live_after: live,
    digest: `${live}:${BigInt(sumOf(left.digest)) - BigInt(before.sum) + BigInt(after.sum)}`,
    dangling: Object.fromEntries(
      Object.entries(left.dangling).map(([column, n]) => [
        column,
        n - (before.dangling[column] ?? 0) + (after.dangling[column] ?? 0),
      ]),
    ),
    carried: true,
  };
}

/**
 * The current rows that a merge may change, found through the staged rows: either by key or by the received record that
 * they belong to.
 */
function touchedSql({ resource, rows }: StagedResource, table: Table): string {
  const [main] = resource.tables;
  const columns = columnList(Object.keys(table.columns), 't');
  return table.name === main.name || table.keep === true
    ? `SELECT ${columns} FROM ${rows(table)} s JOIN ${ident(table.name)} t ON ${sameKey(table)}`
    : `SELECT ${columns} FROM ${rows(main)} m JOIN ${ident(table.name)} t ON t.${ident(table.owner)} = m.id`;
}

async function look(
  session: Session,
  table: Table,
  touched: string,
): Promise<Said & { readonly dangling: TableCounts['dangling'] }> {
  const found = await session.one<Said>(
    `SELECT count(*) AS rows, ${hashSumSql(table)}::text AS sum FROM (${touched}) t`,
  );
  const dangling: Record<string, number> = {};
  for (const [name, { references }] of Object.entries(table.columns)) {
    if (references === undefined) continue;
    const [row] = await session.rows<{ count: number }>(danglingSql(`(${touched})`, name, references));
    if (row !== undefined) dangling[name] = row.count;
  }
  return { ...found, dangling };
}

/**
 * The number of current rows that belong to received records that broke their contract, found through those records.
 */
export function heldTouchedSql({ isStaged, held }: StagedResource, table: Table): string {
  if (table.keep === true) return 'SELECT 0::bigint AS n';
  return `SELECT count(*) AS n FROM ${held} h JOIN ${ident(table.name)} t ON t.${ident(table.owner)} = h.id
    WHERE NOT ${isStaged(table)}`;
}

function sumOf(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1);
}
