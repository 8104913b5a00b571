import type { Resource } from '../../core/resource.ts';
import { sqlType, type Table } from '../../core/table.ts';
import type { Staging } from '../../core/target.ts';
import { createCsvEncoder } from '../../lib/csv.ts';
import { wrapErrors, databaseError, LOCK_NOT_AVAILABLE, NO_RIGHT, sqlState } from './errors.ts';
import type { Database, Session } from './session.ts';
import { columnList, ident, ledgerSchema, literal } from './sql.ts';

const PREFIX = 'staging_';
const DROP_TIMEOUT_SECONDS = 2;
/** Another session has locked the table, an object depends on it, or the privilege has just been revoked. */
const IN_THE_WAY = [LOCK_NOT_AVAILABLE, '2BP01', NO_RIGHT];
const ID = `${sqlType({ type: 'id' })} NOT NULL`;
const HELD = { resource: ID, id: ID };
const NEWEST = { id: ID, sha256: ID };
const REJECTS = {
  resource: ID,
  record_id: ID,
  fingerprint: ID,
  errors: 'text NOT NULL',
  record_page: 'integer NOT NULL',
  record_index: 'bigint NOT NULL',
  record_offset: 'bigint NOT NULL',
  record: 'bytea',
};
/** With fewer rows, PostgreSQL estimates their number well enough from the table's size. */
const ANALYZED_ROWS = 1000;
const HELD_BATCH_BYTES = 1 << 20;

/** The staging tables of a run: unlogged tables in the ledger schema whose rows are waiting to be published. */
export type StagingNames = ReturnType<typeof stagingNames>;

/**
 * Named after the end of a UUID. Each attempt uses a new UUID, even in a resumed run, because this role could not drop
 * a table of the same name that another role had left behind.
 */
export function stagingNames(schema: string, attempt: string) {
  const name = (table: string): readonly string[] => [
    ledgerSchema(schema),
    `${PREFIX}${attempt.slice(-12)}_${table}`,
  ];
  return {
    rows: (table: Table) => name(table.name),
    /** Shared by all resources. */
    held: name('_held'),
    rejects: name('_rejects'),
    /** Only for a resource that is pulled incrementally. */
    newest: (resource: Resource) => name(`_newest_${resource.name}`),
  };
}

/** Creates the tables shared by all resources. */
export async function createShared(session: Session, names: StagingNames): Promise<void> {
  const sql = [createSql(names.held, HELD), createSql(names.rejects, REJECTS)].join(';');
  await wrapErrors('create staging tables', () => session.query(sql));
}

/** The shared tables must already exist. */
export async function openStaging(
  database: Database,
  names: StagingNames,
  resource: Resource,
): Promise<Staging> {
  const session = await database.connect();
  try {
    // Starts fresh, because an earlier attempt at the same resource may have left rows behind.
    const shared = [names.held, names.rejects].map(
      (name) => `DELETE FROM ${ident(...name)} WHERE resource = ${literal(resource.name)}`,
    );
    const own = resource.tables.map((table) => createSql(names.rows(table), columnTypes(table)));
    if (resource.changes !== undefined) own.push(createSql(names.newest(resource), NEWEST));
    await session.query([...shared, ...own].join(';'));
  } catch (error) {
    await session.close();
    throw databaseError(`create staging tables for ${resource.name}`, error);
  }
  const load = (what: string, name: readonly string[], columns: object, csv: Uint8Array<ArrayBuffer>) =>
    wrapErrors(`load ${what} into staging`, () => session.copyCsv(name, Object.keys(columns), csv));
  return {
    copy: (table, csv) => load(`rows of ${table.name}`, names.rows(table), table.columns, csv),
    hold: (ids) =>
      wrapErrors(`load held ids of ${resource.name} into staging`, async () => {
        let held = false;
        for (const csv of heldBatches(resource, ids)) {
          await session.copyCsv(names.held, Object.keys(HELD), csv);
          held = true;
        }
        if (held) await session.query(`ANALYZE ${ident(...names.held)}`);
      }),
    async newest(records) {
      const encoder = createCsvEncoder(Object.keys(NEWEST));
      for (const [id, sha256] of records) encoder.encode({ id, sha256 });
      const what = `record digests of ${resource.name}`;
      await load(what, names.newest(resource), NEWEST, encoder.take());
    },
    async reject(rejects) {
      const encoder = createCsvEncoder(Object.keys(REJECTS));
      for (const { record, ...line } of rejects) {
        const bytes = record === null ? null : `\\x${record.toString('hex')}`;
        encoder.encode({ ...line, resource: resource.name, record: bytes });
      }
      await load(`rejects of ${resource.name}`, names.rejects, REJECTS, encoder.take());
    },
    async finish(staged) {
      const large = resource.tables.filter(({ name }) => (staged[name] ?? 0) >= ANALYZED_ROWS);
      if (large.length === 0) return;
      // The merge joins only on the key. Sampling every column of 205,000 launches took 1.2 s.
      const keys = large.map((table) => `${ident(...names.rows(table))} (${columnList(table.key)})`);
      await wrapErrors(`analyze staging tables for ${resource.name}`, () =>
        session.query(`SET default_statistics_target = 10; ANALYZE ${keys.join(', ')}`),
      );
    },
    close: () => session.close(),
  };
}

/**
 * Drops all staging tables that this role is allowed to drop. Only the holder of the schema's lock may call this.
 * Tables that a session is reading (such as a backup) or that a view depends on are left for the next call.
 */
export async function dropStaging(holder: Session, schema: string): Promise<void> {
  const session = holder.evenAborted;
  const leftovers = (await findStaging(session, schema)).filter(({ droppable }) => droppable);
  if (leftovers.length === 0) return;
  await session.query(`SET lock_timeout = '${DROP_TIMEOUT_SECONDS}s'`);
  try {
    await session.query(dropSql(schema, leftovers));
  } catch (error) {
    if (!IN_THE_WAY.includes(sqlState(error) ?? '')) throw error;
  } finally {
    await session.query('SET lock_timeout = 0').catch(() => undefined);
  }
}

/**
 * Staging tables left behind by killed runs of other roles, which this role is not allowed to drop. They do no harm,
 * and their owners can drop them.
 */
export async function foreignStaging(
  session: Session,
  schema: string,
): Promise<readonly { readonly owner: string; readonly count: number; readonly sql: string }[]> {
  const foreign = (await findStaging(session, schema)).filter(({ droppable }) => !droppable);
  return [...new Set(foreign.map(({ owner }) => owner))].map((owner) => {
    const own = foreign.filter((table) => table.owner === owner);
    return { owner, count: own.length, sql: dropSql(schema, own) };
  });
}

type FoundStaging = { readonly name: string; readonly owner: string; readonly droppable: boolean };

/** The owner of a table or of its schema may drop it. */
async function findStaging(session: Session, schema: string): Promise<FoundStaging[]> {
  return session.rows<FoundStaging>(
    `SELECT relname::text AS name, pg_get_userbyid(relowner)::text AS owner,
            pg_has_role(relowner, 'USAGE') OR pg_has_role(nspowner, 'USAGE') AS droppable
     FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
     WHERE nspname = $1 AND relkind = 'r' AND starts_with(relname, $2) ORDER BY relname`,
    [ledgerSchema(schema), PREFIX],
  );
}

function dropSql(schema: string, tables: readonly FoundStaging[]): string {
  return `DROP TABLE ${tables.map(({ name }) => ident(ledgerSchema(schema), name)).join(', ')}`;
}

function createSql(name: readonly string[], columns: Readonly<Record<string, string>>): string {
  const types = Object.entries(columns).map(([column, type]) => `${ident(column)} ${type}`);
  return `DROP TABLE IF EXISTS ${ident(...name)};
    CREATE UNLOGGED TABLE ${ident(...name)} (${types.join(', ')}) WITH (autovacuum_enabled = false)`;
}

function columnTypes({ columns }: Table): Record<string, string> {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, sqlType(column)]));
}

function* heldBatches({ name }: Resource, ids: Iterable<string>): Generator<Uint8Array<ArrayBuffer>> {
  const encoder = createCsvEncoder(Object.keys(HELD));
  for (const id of ids) {
    encoder.encode({ resource: name, id });
    if (encoder.bytes >= HELD_BATCH_BYTES) yield encoder.take();
  }
  if (encoder.rows > 0) yield encoder.take();
}
