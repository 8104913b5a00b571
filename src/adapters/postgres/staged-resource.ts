import type { Resource } from '../../core/resource.ts';
import type { Table } from '../../core/table.ts';
import { ident, literal } from './sql.ts';
import type { StagingNames } from './staging.ts';

/**
 * The staged rows of one resource, as SQL. In conditions, t is a live row of the table; in queries, s is a staged one.
 */
export type StagedResource = ReturnType<typeof createStagedResource>;

/** With `deletes`, a record that was not received has been deleted. */
export function createStagedResource(names: StagingNames, resource: Resource, deletes = false) {
  const { name, tables } = resource;
  const [main] = tables;
  /** The rows of this resource in a table that all resources share. */
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
    /** Ids of records that broke their contract. */
    held: own(names.held),
    /** The records that were set aside. */
    rejects: own(names.rejects),
    /** Digests of the newest records, if the resource is pulled by changes. */
    newest: ident(...names.newest(resource)),
    /** Is there a staged row with the key of t? */
    isStaged,
    /** Was the record of t received, and did it break its contract? */
    isHeld,
    /** Does a merge delete t? Null if it deletes no row. */
    isGone: (table: Table): string | null => {
      if (table.keep === true) return null;
      if (deletes) return `NOT ${isStaged(table)} AND NOT ${isHeld(table)}`;
      if (table.name === main.name) return null;
      // A record that was received again came with all its child rows, whatever is uncertain about others.
      return `NOT ${isStaged(table)}
    AND EXISTS (SELECT FROM ${rows(main)} m WHERE m.id = t.${ident(table.owner)})`;
    },
    /** Does t, which is not staged, stay in the main table? */
    stays: deletes ? isHeld(main) : 'true',
  };
}

export function sameKey(table: Table): string {
  return table.key.map((column) => `t.${ident(column)} = s.${ident(column)}`).join(' AND ');
}
