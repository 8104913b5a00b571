import { PipelineError } from '../../core/errors.ts';
import type { Resource } from '../../core/resource.ts';
import { PIPELINE_COLUMNS, type Table } from '../../core/table.ts';
import { LEDGER_RIGHTS } from './rights.ts';
import type { Database, Session } from './session.ts';
import { ledgerSchema } from './sql.ts';

/** What a run needs and the migrated schema lacks. */
export type Unready = {
  /** Tables of the ledger: no run is possible without them. */
  readonly ledger: readonly string[];
  /** Resources that cannot be loaded, with the reason: one of their own tables, or one that they refer to. */
  readonly resources: ReadonlyMap<string, PipelineError>;
};

export async function findUnready(
  { schema }: Database,
  session: Session,
  resources: readonly Resource[],
): Promise<Unready> {
  const [target, ledger] = await Promise.all([
    readColumns(session, schema),
    readColumns(session, ledgerSchema(schema)),
  ]);
  const refused = resources.flatMap((resource): [string, PipelineError][] => {
    const reason = lackOf(resource, target);
    if (reason === null) return [];
    const message = `Cannot load ${resource.name}: ${reason} is missing from schema ${schema}`;
    return [
      [
        resource.name,
        new PipelineError(message, {
          code: 'migration',
          hint: 'Make it again with: spacex-pipeline migrate up',
        }),
      ],
    ];
  });
  return {
    ledger: Object.keys(LEDGER_RIGHTS).filter((name) => !ledger.has(name)),
    resources: new Map(refused),
  };
}

/** The first thing that a resource lacks; null for nothing. */
function lackOf({ tables }: Resource, found: ReadonlyMap<string, ReadonlySet<string>>): string | null {
  for (const { name, columns } of tables as readonly Table[]) {
    const own = found.get(name);
    if (own === undefined) return `table ${name}`;
    const column = Object.keys({ ...columns, ...PIPELINE_COLUMNS }).find((one) => !own.has(one));
    if (column !== undefined) return `column ${column} of table ${name}`;
    const reference = Object.values(columns).find(
      ({ references }) => references !== undefined && !found.has(references),
    );
    if (reference !== undefined) return `table ${reference.references}, to which it refers,`;
  }
  return null;
}

/** The columns of each table of a schema. */
async function readColumns(
  session: Session,
  schema: string,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = await session.rows<{ name: string; columns: string[] }>(
    `SELECT relname::text AS name, array_agg(attname::text) AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
     JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
     WHERE nspname = $1 AND relkind IN ('r', 'p') GROUP BY relname`,
    [schema],
  );
  return new Map(found.map(({ name, columns }) => [name, new Set(columns)]));
}
