import { PipelineError } from '../../core/errors.ts';
import type { Resource } from '../../core/resource.ts';
import { PIPELINE_COLUMNS, type Table } from '../../core/table.ts';
import { LEDGER_RIGHTS } from './rights.ts';
import type { Database, Session } from './session.ts';
import { ledgerSchema } from './sql.ts';

/** What the migrated schema lacks for a run. */
export type Unready = {
  /** Missing tables of the ledger. Without them, no run is possible. */
  readonly ledger: readonly string[];
  /**
   * Resources that cannot be loaded, with the reason: a problem with one of their tables or with a table that they
   * reference.
   */
  readonly resources: ReadonlyMap<string, PipelineError>;
};

export async function findUnready(
  { schema }: Database,
  session: Session,
  resources: readonly Resource[],
): Promise<Unready> {
  const [target, ledger] = await Promise.all([
    readTables(session, schema),
    readTables(session, ledgerSchema(schema)),
  ]);
  const refused = resources.flatMap((resource): [string, PipelineError][] => {
    const lack = lackOf(resource, target);
    const error = lack === null ? otherKey(resource, target) : missing(resource, lack, schema);
    return error === null ? [] : [[resource.name, error]];
  });
  return {
    ledger: Object.keys(LEDGER_RIGHTS).filter((name) => !ledger.has(name)),
    resources: new Map(refused),
  };
}

function missing({ name }: Resource, lack: string, schema: string): PipelineError {
  return new PipelineError(`Cannot load ${name}: ${lack} is missing from schema ${schema}`, {
    code: 'migration',
    hint: 'Recreate it with: spacex-pipeline migrate up',
  });
}

/**
 * The error if the key in the database differs from the key in the code, because a merge would confuse rows. Null if
 * the keys are the same.
 */
function otherKey(
  { name: resource, tables }: Resource,
  found: ReadonlyMap<string, Found>,
): PipelineError | null {
  for (const { name, key } of tables as readonly Table[]) {
    const own = found.get(name)?.key ?? [];
    if (own.length === 0 || own.toSorted().join() === key.toSorted().join()) continue;
    return new PipelineError(
      `Cannot load ${resource}: the key of table ${name} is (${own.join(', ')}) in the database, but (${key.join(', ')}) in the code`,
      {
        code: 'migration',
        hint: `In a clone, correct the key in the code, or write a migration that changes the table: npm run migration ${name}_key`,
      },
    );
  }
  return null;
}

/** The first object that a resource is missing; null if none is missing. */
function lackOf({ tables }: Resource, found: ReadonlyMap<string, Found>): string | null {
  for (const { name, columns } of tables as readonly Table[]) {
    const own = found.get(name)?.columns;
    if (own === undefined) return `table ${name}`;
    const column = Object.keys({ ...columns, ...PIPELINE_COLUMNS }).find((one) => !own.has(one));
    if (column !== undefined) return `column ${column} of table ${name}`;
    const reference = Object.values(columns).find(
      ({ references }) => references !== undefined && !found.has(references),
    );
    if (reference !== undefined) return `table ${reference.references}, which it references,`;
  }
  return null;
}

type Found = { readonly columns: ReadonlySet<string>; readonly key: readonly string[] };

/** The columns and the key of each table in a schema. The key is empty if a table has none. */
async function readTables(session: Session, schema: string): Promise<ReadonlyMap<string, Found>> {
  const found = await session.rows<{ name: string; columns: string[]; key: string[] }>(
    `SELECT relname::text AS name, array_agg(attname::text) AS columns,
            coalesce(array_agg(attname::text ORDER BY array_position(indkey::smallint[], attnum))
                     FILTER (WHERE attnum = ANY (indkey)), '{}') AS key
     FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
     JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
     LEFT JOIN pg_index i ON i.indrelid = c.oid AND indisprimary
     WHERE nspname = $1 AND relkind IN ('r', 'p') GROUP BY relname`,
    [schema],
  );
  return new Map(found.map(({ name, columns, key }) => [name, { columns: new Set(columns), key }]));
}
