import { PipelineError } from '../../core/errors.ts';
import { shellQuote } from '../../lib/shell-quote.ts';
import { expectedParts, missingParts, presentParts, schemaOf, useSchema, type Part } from './catalog.ts';
import { databaseError, sqlState, type Hints } from './errors.ts';
import type { Migration } from './migration-files.ts';
import type { Session } from './session.ts';
import { ident } from './sql.ts';

/** Objects of applied migrations that no longer exist. */
export type Missing = {
  /** The objects to restore, in order. */
  readonly parts: readonly Part[];
  /** For display. A schema or a table stands for everything in it. */
  readonly names: readonly string[];
};

/**
 * Finds missing objects that these migrations created. Must be called in a transaction. Changes only the search path.
 */
export async function findMissing(
  session: Session,
  schema: string,
  applied: readonly Migration[],
): Promise<Missing> {
  const present = await presentParts(session, schema);
  const parts = missingParts(await expectedParts(session, applied), present);
  const gone = new Set(parts.flatMap((part) => (part.name === null ? [relationOf(schema, part)] : [])));
  const empty = (['target', 'ledger'] as const).filter((place) =>
    present.every((part) => part.place !== place),
  );
  const single = parts.filter(({ place }) => !empty.includes(place));
  return {
    parts: parts.filter((part) => part.kind !== 'column' || !gone.has(relationOf(schema, part))),
    names: [
      ...empty
        .filter((place) => parts.some((part) => part.place === place))
        .map((place) => `everything in schema ${schemaOf(place, schema)}`),
      ...single.flatMap((part) => {
        const relation = relationOf(schema, part);
        if (part.name === null) return [`${part.kind} ${relation}`];
        return gone.has(relation) ? [] : [`${part.kind} ${part.name} of ${relation}`];
      }),
    ],
  };
}

function relationOf(schema: string, { place, table }: Part): string {
  return `${schemaOf(place, schema)}.${table}`;
}

/**
 * Restores missing objects, without their rows. Throws `database` if existing rows conflict with a column or key to
 * restore, and `migration` if the kind of records is no longer known.
 */
export async function restoreMissing(
  session: Session,
  schema: string,
  { parts }: Missing,
  hints: Hints,
): Promise<void> {
  for (const part of parts) {
    await useSchema(session, schemaOf(part.place, schema));
    await createPart(session, part).catch((error: unknown) => {
      const own = part.name === null ? part.table : `${part.name} of table ${part.table}`;
      const what = `recreate ${part.kind} ${own} in schema ${schemaOf(part.place, schema)}`;
      const lacking = isOfRows(error) ? { [sqlState(error) ?? '']: emptyHint(schema, part) } : hints;
      throw databaseError(what, error, undefined, lacking);
    });
  }
  if (parts.some(({ kind, place, table }) => kind === 'table' && place === 'ledger' && table === 'contents'))
    await recallKind(session, schema);
}

async function createPart(session: Session, { sql, may_be_invalid }: Part): Promise<void> {
  if (!may_be_invalid) {
    await session.query(sql);
    return;
  }
  await session.query('SAVEPOINT part');
  try {
    await session.query(sql);
  } catch (error) {
    if (!isOfRows(error)) throw error;
    await session.query(`ROLLBACK TO SAVEPOINT part; ${sql} NOT VALID`);
  }
}

/** Whether existing rows caused the error. */
function isOfRows(error: unknown): boolean {
  return sqlState(error)?.startsWith('23') === true;
}

function emptyHint(schema: string, { place, table }: Part): string {
  // Other ledger tables reference `runs`, so emptying `runs` must empty them as well.
  const cascade = place === 'ledger' ? ' CASCADE' : '';
  const sql = `TRUNCATE ${ident(schemaOf(place, schema), table)}${cascade}`;
  const rest = place === 'ledger' ? 'its history is lost' : 'the next run loads its rows again';
  return `Empty the table (${rest}), then run migrate up: spacex-pipeline query --write ${shellQuote(sql)}`;
}

/** The runs also record which kind of records the target contains. If the target is empty, the kind does not matter. */
async function recallKind(session: Session, schema: string): Promise<void> {
  const ledger = schemaOf('ledger', schema);
  const known = await session.execute(
    `INSERT INTO ${ident(ledger, 'contents')} (simulated) SELECT simulated FROM ${ident(ledger, 'runs')}
     WHERE status IN ('succeeded', 'partial') AND simulated IS NOT NULL ORDER BY run_id DESC LIMIT 1`,
  );
  if (known > 0) return;
  const tables = await session.texts(
    `SELECT relname::text FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'`,
    [ident(schema)],
  );
  const some = tables.map((name) => `EXISTS (SELECT FROM ${ident(schema, name)})`).join(' OR ');
  const found = await session.one<{ some: boolean }>(`SELECT ${some || 'false'} AS "some"`);
  if (found.some) throw unaccounted(schema, 'target', 'it contains rows');
}

/**
 * Reconstructs the history of a schema that has none: all migrations if every object that they create exists, none if
 * no object exists. Throws `migration` for anything in between.
 */
export async function appliedByCatalog(
  session: Session,
  schema: string,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  const present = await presentParts(session, schema);
  if (present.every(({ table }) => table === 'migrations')) return [];
  const expected = await expectedParts(session, migrations);
  const missing = missingParts(expected, present);
  if (missing.length === 0) return migrations;
  for (const place of ['target', 'ledger'] as const) {
    const found = expected.filter(
      (part) => part.name === null && part.place === place && !missing.includes(part),
    );
    const names = found.slice(0, NAMED).map(({ table }) => table);
    const more = found.length > NAMED ? ` and ${found.length - NAMED} more` : '';
    if (found.length > 0) throw unaccounted(schema, place, `it contains ${names.join(', ')}${more}`);
  }
  return [];
}

/** A message lists at most this many names and then the number of remaining names. */
const NAMED = 3;

/** Nothing is loaded into tables without a ledger, because their rows may be simulated or real. */
function unaccounted(schema: string, place: Migration['place'], what: string): PipelineError {
  const own = schemaOf(place, schema);
  const sql = `ALTER SCHEMA ${ident(own)} RENAME TO set_aside_${place}`;
  return new PipelineError(
    `Cannot migrate schema ${own}: ${what}, but no ledger records where they came from`,
    {
      code: 'migration',
      hint: `Use a different --schema. Or rename this one, which loses nothing, and run migrate up: spacex-pipeline query --write ${shellQuote(sql)}`,
    },
  );
}
