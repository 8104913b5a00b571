import type { Session } from '../src/adapters/postgres/session.ts';
import { ident } from '../src/adapters/postgres/sql.ts';
import { baseType, collationOf, PIPELINE_COLUMNS, type Table } from '../src/core/table.ts';

/** A table as defined by a literal or by the database catalog. */
export type TableState = {
  readonly name: string;
  readonly comment: string | null;
  readonly columns: readonly ColumnState[];
  readonly key: readonly string[];
  readonly indexes: readonly IndexState[];
};

export type ColumnState = {
  readonly name: string;
  readonly type: string;
  /** Null for the database's default collation. */
  readonly collation: string | null;
  readonly nullable: boolean;
  readonly comment: string | null;
};

/** An index on one column. */
export type IndexState = { readonly name: string; readonly column: string };

export function wantedState({ name, doc, key, columns }: Table): TableState {
  const all = Object.entries({ ...columns, ...PIPELINE_COLUMNS });
  return {
    name,
    comment: doc,
    columns: all.map(([column, literal]) => ({
      name: column,
      type: baseType(literal),
      collation: collationOf(literal),
      nullable: literal.nullable ?? true,
      comment: literal.doc,
    })),
    key,
    indexes: Object.entries(columns).flatMap(([column, { references }]) =>
      references === undefined ? [] : [{ name: indexName(name, column), column }],
    ),
  };
}

function indexName(table: string, column: string): string {
  return `${table}_${column}`;
}

/**
 * The tables of a schema, in order of creation. Includes only single-column indexes that are named after their column,
 * like those created for references. All other indexes were created manually and stay.
 */
export async function presentStates(session: Session, schema: string): Promise<TableState[]> {
  return session.rows<TableState>(
    `SELECT relname::text AS name, obj_description(c.oid, 'pg_class') AS comment,
            (SELECT json_agg(json_build_object(
               'name', attname,
               'type', CASE format_type(atttypid, atttypmod) WHEN 'timestamp with time zone' THEN 'timestamptz'
                       ELSE format_type(atttypid, atttypmod) END,
               'collation', CASE WHEN attcollation <> typcollation THEN collname END,
               'nullable', NOT attnotnull,
               'comment', col_description(c.oid, attnum)) ORDER BY attnum)
             FROM pg_attribute JOIN pg_type t ON t.oid = atttypid LEFT JOIN pg_collation l ON l.oid = attcollation
             WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns,
            (SELECT coalesce(json_agg(attname ORDER BY array_position(indkey::smallint[], attnum)), '[]')
             FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
             WHERE indrelid = c.oid AND indisprimary) AS key,
            (SELECT coalesce(json_agg(json_build_object('name', i.relname, 'column', attname) ORDER BY attnum), '[]')
             FROM pg_index JOIN pg_class i ON i.oid = indexrelid JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
             WHERE indrelid = c.oid AND indnatts = 1 AND indpred IS NULL AND NOT indisunique
               AND i.relname = c.relname || '_' || attname) AS indexes
     FROM pg_class c WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' ORDER BY c.oid`,
    [ident(schema)],
  );
}

/** The views that read a table's columns and thereby prevent changes to those columns. */
export type Reading = { readonly view: string; readonly table: string; readonly column: string };

export async function viewsReading(session: Session, schema: string): Promise<Reading[]> {
  return session.rows<Reading>(
    `SELECT DISTINCT v.relname::text AS view, t.relname::text AS "table", attname::text AS "column"
     FROM pg_depend d
     JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
     JOIN pg_class v ON v.oid = r.ev_class
     JOIN pg_class t ON d.refclassid = 'pg_class'::regclass AND t.oid = d.refobjid AND t.relkind = 'r'
     JOIN pg_attribute ON attrelid = t.oid AND attnum = d.refobjsubid AND attnum > 0
     WHERE t.relnamespace = to_regnamespace($1) ORDER BY 1, 2, 3`,
    [ident(schema)],
  );
}
