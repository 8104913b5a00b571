import { PipelineError } from '../../core/errors.ts';
import { shellQuote } from '../../lib/shell-quote.ts';
import type { Migration } from './migration-files.ts';
import type { Session } from './session.ts';
import { ident, ledgerSchema } from './sql.ts';

export type Applied = {
  readonly name: string;
  /** ISO 8601 UTC. */
  readonly applied_at: string;
  /** Hash of its file when it was applied; null if it was applied by an old version that recorded no hashes. */
  readonly sha256: string | null;
};

/** The applied migrations of a schema, by name, in order. */
export type History = ReadonlyMap<string, Applied>;

export async function readHistory(session: Session, schema: string): Promise<History> {
  const table = historyTable(schema);
  const sql = 'SELECT to_regclass($1) IS NOT NULL AS there';
  if (!(await session.one<{ there: boolean }>(sql, [table])).there) return new Map();
  const applied = await session.rows<Applied>(
    // An old ledger does not have this column.
    `SELECT name, applied_at, to_jsonb(m)->>'sha256' AS sha256 FROM ${table} m ORDER BY name`,
  );
  return new Map(applied.map((one) => [one.name, one]));
}

/** Creates the table of migrations in an existing ledger. */
export async function createHistory(session: Session, schema: string): Promise<void> {
  const table = historyTable(schema);
  await session.query(
    `CREATE TABLE IF NOT EXISTS ${table} (name text COLLATE "C" PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
     ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS sha256 text`,
  );
}

export async function recordApplied(
  session: Session,
  schema: string,
  { name, sha256 }: Pick<Applied, 'name' | 'sha256'>,
): Promise<void> {
  const sql = `INSERT INTO ${historyTable(schema)} (name, sha256) VALUES ($1, $2)`;
  await session.execute(sql, [name, sha256]);
}

export async function recordReverted(session: Session, schema: string, name: string): Promise<void> {
  await session.execute(`DELETE FROM ${historyTable(schema)} WHERE name = $1`, [name]);
}

function historyTable(schema: string): string {
  return ident(ledgerSchema(schema), 'migrations');
}

/**
 * Throws `migration` if the schema was not created from these files. Migrations have to be applied in order only within
 * each folder, so a new ledger migration can follow the migrations of the tables.
 */
export function refuseOtherHistory(schema: string, migrations: readonly Migration[], history: History): void {
  const refuse = (reason: string, hint: string): never => {
    throw new PipelineError(`Cannot use schema ${schema}: ${reason}`, { code: 'migration', hint });
  };
  const names = migrations.map(({ name }) => name);
  const applied = [...history.keys()];
  const unknown = applied.filter((name) => !names.includes(name));
  const former = unknown.find((name) => !name.includes('/'));
  if (former !== undefined) {
    refuse(
      `it was created by a pre-release version (migration ${former}) and cannot be migrated`,
      `Use a different --schema or database, and replay the runs from the data folder there. Alternatively, load everything again: spacex-pipeline --schema ${shellQuote(`${schema}_new`)} run --migrate`,
    );
  }
  const newer = unknown.find((name) => name > (names.findLast((own) => isOneFolder(own, name)) ?? ''));
  if (newer !== undefined) {
    refuse(
      `it was migrated by a newer version of this program (${newer})`,
      'Use that version of spacex-pipeline, or a different --schema.',
    );
  }
  const [missing] = unknown;
  if (missing !== undefined) {
    refuse(
      `migration ${missing} was applied to it, but this program does not have that file`,
      `Use the version of this program that has it, or a different --schema. In a clone, restore migrations/${missing}.sql.`,
    );
  }
  const edited = migrations.find(({ name, sha256 }) => (history.get(name)?.sha256 ?? sha256) !== sha256);
  if (edited !== undefined) {
    refuse(
      `migration ${edited.name} was edited after it was applied`,
      `Use the version of this program that applied it. In a clone, restore migrations/${edited.name}.sql and make the change in a new file.`,
    );
  }
  for (const name of names.filter((own) => !history.has(own))) {
    const later = applied.findLast((other) => isOneFolder(name, other) && other > name);
    if (later === undefined) continue;
    refuse(
      `migration ${name} is new, but the later migration ${later} was already applied`,
      `Use the version of this program that applied it. In a clone, renumber migrations/${name}.sql to come last.`,
    );
  }
}

function isOneFolder(one: string, other: string): boolean {
  return one.split('/', 1)[0] === other.split('/', 1)[0];
}
