import type { Resource } from '../../core/resource.ts';
import type { TableCounts } from '../../core/run.ts';
import type { Table } from '../../core/table.ts';
import type { TableContents } from '../../core/target.ts';
import type { Session } from './session.ts';
import { columnList, ident, literal } from './sql.ts';
import { sameKey, type StagedResource } from './staged-resource.ts';

/**
 * Makes a target table match the staged rows. In SQL, t is the target, s the staging table and h the held ids. Equal
 * rows are left untouched, so that a repeated run writes nothing. SQL does all the counting.
 */
export async function mergeTable(
  session: Session,
  stagedResource: StagedResource,
  table: Table,
  runId: string,
): Promise<Omit<TableCounts, 'dangling'>> {
  const staged = stagedResource.rows(table);
  const before = await session.one<Before>(
    `SELECT (SELECT count(*) FROM ${ident(table.name)}) AS live, (SELECT count(*) FROM ${staged}) AS staged,
            (${heldSql(stagedResource, table)}) AS held`,
  );
  // A single comparison of the rows on both sides shows what is left to do. The comparison runs on several cores, but
  // an UPDATE runs on only one.
  const pairs = before.live === 0 ? NO_PAIRS : await compare(session, table, staged);
  const { deleted, inserted, updated } = await change(session, stagedResource, table, runId, {
    ...before,
    ...pairs,
  });
  const changed = inserted + updated + deleted > 0;
  const after = await session.one<{ live: number; digest: string | null }>(
    changed
      ? contentsSql(table)
      : `SELECT count(*) AS live, (${lastDigestSql(table)}) AS digest FROM ${ident(table.name)}`,
  );
  return {
    staged: before.staged,
    inserted,
    updated,
    unchanged: pairs.unchanged,
    deleted,
    held: before.held,
    live_before: before.live,
    live_after: after.live,
    digest: after.digest ?? (await tableDigest(session, table)),
    carried: false,
  };
}

/**
 * Deletes, updates and inserts rows until a table matches the staged rows. Skips statements that the given counts show
 * to be unnecessary.
 */
export async function change(
  session: Session,
  { isGone, rows }: StagedResource,
  table: Table,
  runId: string,
  { live, pairs, staged, unchanged }: Pairs & { readonly live: number; readonly staged: number },
): Promise<Pick<TableCounts, 'deleted' | 'inserted' | 'updated'>> {
  const gone = pairs < live ? isGone(table) : null;
  const deleted = gone === null ? 0 : await session.execute(deleteSql(table, gone), [runId, table.name]);
  const updated = unchanged < pairs ? await session.execute(updateSql(table, rows(table)), [runId]) : 0;
  const insert = insertSql(table, rows(table), pairs > 0);
  const inserted = pairs < staged ? await session.execute(insert, [runId]) : 0;
  return { deleted, inserted, updated };
}

type Before = { readonly live: number; readonly staged: number; readonly held: number };

/**
 * The digest of a table's contents, regardless of the order of the rows: the number of rows and the sum of their
 * hashes. Omits columns that record when a row was created. Uses the hash function of hash partitioning, which is the
 * same in every PostgreSQL version.
 */
export async function tableDigest(session: Session, table: Table): Promise<string> {
  return (await session.one<{ digest: string }>(contentsSql(table))).digest;
}

function contentsSql(table: Table): string {
  return `SELECT count(*) AS live, count(*) || ':' || ${hashSumSql(table)} AS digest FROM ${ident(table.name)}`;
}

/** The sum of the hashes of a table's rows. */
export function hashSumSql({ columns }: Table): string {
  const compared = Object.keys(columns).filter((name) => columns[name]?.stamp !== true);
  return `coalesce(sum(hash_record_extended(ROW(${columnList(compared)}), 0)), 0)`;
}

/**
 * The contents of several tables, read in one statement. `settings` are SET LOCAL statements that apply only to that
 * statement.
 */
export async function readContents(
  session: Session,
  tables: readonly Table[],
  settings: readonly string[] = [],
): Promise<Record<string, TableContents>> {
  const each = tables.map(
    (table) => `SELECT ${literal(table.name)} AS name, contents.* FROM (${contentsSql(table)}) contents`,
  );
  // The statements in one message run in one transaction.
  const { rows } = await session.query<TableContents & { name: string }>(
    [...settings, each.join(' UNION ALL ')].join('; '),
  );
  return Object.fromEntries(rows.map(({ name, ...contents }) => [name, contents]));
}

/** The digest from the last run that published the table; null if there is none. */
export async function lastDigest(session: Session, table: Table): Promise<string | null> {
  return (await session.one<{ digest: string | null }>(`SELECT (${lastDigestSql(table)}) AS digest`)).digest;
}

function lastDigestSql(table: Table): string {
  return `SELECT digest FROM run_tables WHERE table_name = ${literal(table.name)} ORDER BY run_id DESC LIMIT 1`;
}

/** The number of rows in the main table, and how many of them a merge would delete. */
export async function countVanishing(
  session: Session,
  { resource, isGone }: StagedResource,
): Promise<{ live: number; vanishing: number }> {
  const [table] = resource.tables;
  return session.one(
    `SELECT (SELECT count(*) FROM ${ident(table.name)}) AS live,
            (SELECT count(*) FROM ${ident(table.name)} t WHERE ${isGone(table) ?? 'false'}) AS vanishing`,
  );
}

/**
 * For each referencing column, the number of rows whose reference matches no row. Omits columns that reference an empty
 * table, because nothing was ever pulled into that table.
 */
export async function countDangling(session: Session, table: Table): Promise<TableCounts['dangling']> {
  const counts = Object.entries(table.columns).flatMap(([name, { references }]) =>
    references === undefined
      ? []
      : [`(${danglingSql(ident(table.name), name, references)}) AS ${ident(name)}`],
  );
  if (counts.length === 0) return {};
  const found = await session.one<Record<string, number | null>>(`SELECT ${counts.join(', ')}`);
  return Object.fromEntries(Object.entries(found).flatMap(([name, n]) => (n === null ? [] : [[name, n]])));
}

/** `rows` is the SQL for the referencing rows. */
export function danglingSql(rows: string, name: string, references: string): string {
  return `SELECT count(*) FROM ${rows} t
    WHERE t.${ident(name)} IS NOT NULL
      AND NOT EXISTS (SELECT FROM ${ident(references)} r WHERE r.id = t.${ident(name)})
    HAVING EXISTS (SELECT FROM ${ident(references)})`;
}

/** The current rows of the main table. */
export function liveSql({ tables: [table] }: Resource, column: string): string {
  return `SELECT id, ${ident(column)} AS value FROM ${ident(table.name)}`;
}

/** The rows that the main table will have after a merge: the staged rows and the rows that stay. */
export function survivingSql({ resource, rows, isStaged, stays }: StagedResource, column: string): string {
  const [table] = resource.tables;
  return `SELECT s.id, s.${ident(column)} AS value FROM ${rows(table)} s
    UNION ALL
    SELECT t.id, t.${ident(column)} FROM ${ident(table.name)} t
    WHERE NOT ${isStaged(table)} AND ${stays}`;
}

function deleteSql(table: Table, gone: string): string {
  return `WITH gone AS (
      DELETE FROM ${ident(table.name)} t WHERE ${gone} RETURNING t.*
    )
    INSERT INTO tombstones (table_name, row_id, run_id, deleted_at, "row")
    SELECT $2::text, gone.${ident(table.owner)}, $1::text, now(), to_jsonb(gone) FROM gone`;
}

/**
 * The columns whose values determine whether a row has changed. A table that consists only of its key has none. In a
 * table that keeps its rows, a row stays as it was first received.
 */
export function changeable({ columns, keep, key }: Table): string[] {
  if (keep === true) return [];
  return Object.keys(columns).filter((name) => columns[name]?.stamp !== true && !key.includes(name));
}

/** Whether t equals s in all columns that a merge may change. */
export function sameValues(table: Table): string {
  const columns = changeable(table);
  if (columns.length === 0) return 'true';
  return `(${columnList(columns, 't')}) IS NOT DISTINCT FROM (${columnList(columns, 's')})`;
}

function updateSql(table: Table, staged: string): string {
  const assigned = Object.keys(table.columns).filter((name) => !table.key.includes(name));
  return `UPDATE ${ident(table.name)} AS t
    SET ${assigned.map((name) => `${ident(name)} = s.${ident(name)}`).join(', ')}, _run_id = $1, _loaded_at = now()
    FROM ${staged} s
    WHERE ${sameKey(table)} AND NOT ${sameValues(table)}`;
}

/** If no staged row has a live counterpart, looking for one would only destroy the order of the rows. */
function insertSql(table: Table, staged: string, someAreLive: boolean): string {
  const columns = Object.keys(table.columns);
  const isNew = `NOT EXISTS (SELECT FROM ${ident(table.name)} t WHERE ${sameKey(table)})`;
  return `INSERT INTO ${ident(table.name)} (${columnList(columns)}, _run_id, _first_run_id, _loaded_at)
    SELECT ${columnList(columns, 's')}, $1, $1, now() FROM ${staged} s ${someAreLive ? `WHERE ${isNew}` : ''}`;
}

export type Pairs = { readonly pairs: number; readonly unchanged: number };

const NO_PAIRS: Pairs = { pairs: 0, unchanged: 0 };

/** The number of staged rows that have a live counterpart, and how many of these pairs are equal. */
export async function compare(session: Session, table: Table, staged: string): Promise<Pairs> {
  return session.one(
    `SELECT count(*) AS pairs, count(*) FILTER (WHERE ${sameValues(table)}) AS unchanged
     FROM ${staged} s JOIN ${ident(table.name)} t ON ${sameKey(table)}`,
  );
}

/** The number of rows that stay only because their record broke its contract. */
export function heldSql({ isHeld, isStaged }: StagedResource, table: Table): string {
  if (table.keep === true) return 'SELECT 0::bigint AS n';
  return `SELECT count(*) AS n FROM ${ident(table.name)} t
    WHERE ${isHeld(table)} AND NOT ${isStaged(table)}`;
}
