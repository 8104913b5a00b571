import type { Resource } from '../../core/resource.ts';
import type { Table } from '../../core/table.ts';
import { ident, literal } from './sql.ts';
import type { StagingNames } from './staging.ts';

/**
 * The staged rows of one resource, as SQL. In conditions, t is a live row of the table; in queries, s is a staged row.
 */
export type StagedResource = ReturnType<typeof createStagedResource>;

/** With `deletes`, a record that was not received counts as deleted. */
export function createStagedResource(names: StagingNames, resource: Resource, deletes = false) {
  const { name, tables } = resource;
  const [main] = tables;
  /** The rows of this resource in a table shared by all resources. */
  const own = (shared: readonly string[]): string =>
    `(SELECT * FROM ${ident(...shared)} WHERE resource = ${literal(name)})`;
  const rows = (table: Table): string => ident(...names.rows(table));
  const isStaged = (table: Table): string => `EXISTS (SELECT FROM ${rows(table)} s WHERE ${sameKey(table)})`;
  const isHeld = (table: Table): string =>
    `EXISTS (SELECT FROM ${own(names.held)} h WHERE h.id = t.${ident(table.owner)})`;
  return {
    resource,
    /** The staged rows of a table. */
    rows,
    /** The ids of records that broke their contract. */
    held: own(names.held),
    /** The records that were set aside. */
    rejects: own(names.rejects),
    /** Digests of the newest records, if the resource is pulled incrementally. */
    newest: ident(...names.newest(resource)),
    /** Whether there is a staged row with the key of t. */
    isStaged,
    /** Whether the record of t was received and broke its contract. */
    isHeld,
    /** Whether a merge deletes t; null if a merge deletes no row of the table. */
    isGone: (table: Table): string | null => {
      if (table.keep === true) return null;
      if (deletes) return `NOT ${isStaged(table)} AND NOT ${isHeld(table)}`;
      if (table.name === main.name) return null;
      // A received record includes all its child rows, so any other child row of that record was deleted, even if
      // nothing is known about other records.
      return `NOT ${isStaged(table)}
    AND EXISTS (SELECT FROM ${rows(main)} m WHERE m.id = t.${ident(table.owner)})`;
    },
    /** Whether t stays in the main table although it is not staged. */
    stays: deletes ? isHeld(main) : 'true',
  };
}

export function sameKey(table: Table): string {
  return table.key.map((column) => `t.${ident(column)} = s.${ident(column)}`).join(' AND ');
}
