import type { ClientBase } from 'pg';

import type { Resource } from '../../core/resource.ts';
import type { Table } from '../../core/table.ts';
import type { Staging } from '../../core/target.ts';
import { createCsvEncoder } from '../../lib/csv.ts';
import { databaseError, sqlState } from './errors.ts';
import { rows, type Database } from './session.ts';
import { columnList, ident, ledgerSchema } from './sql.ts';

const PREFIX = 'staging_';
const DROP_TIMEOUT_SECONDS = 2;
const LOCK_NOT_AVAILABLE = '55P03';
const REJECT_NAMES = [
  'record_id',
  'fingerprint',
  'errors',
  'record_index',
  'record_offset',
  'record',
] as const;
const REJECT_COLUMNS =
  'record_id text NOT NULL, fingerprint text NOT NULL, errors text NOT NULL, record_index bigint NOT NULL, record_offset bigint NOT NULL, record bytea';
const HELD_BATCH_BYTES = 1 << 20;

/** Where a run's rows wait for publish: unlogged tables in the ledger schema, named by the run's random part. */
export type StagingNames = {
  readonly rows: (table: Table) => readonly string[];
  readonly held: (resource: Resource) => readonly string[];
  readonly rejects: (resource: Resource) => readonly string[];
};

export function stagingNames(schema: string, runId: string): StagingNames {
  const run = `${PREFIX}${runId.slice(-12)}_`;
  return {
    rows: (table) => [ledgerSchema(schema), `${run}${table.name}`],
    held: (resource) => [ledgerSchema(schema), `${run}held_${resource.name}`],
    rejects: (resource) => [ledgerSchema(schema), `${run}rejects_${resource.name}`],
  };
}

export async function openStaging(
  database: Database,
  names: StagingNames,
  resource: Resource,
): Promise<Staging> {
  const session = await database.connect();
  const { client } = session;
  try {
    for (const table of resource.tables) {
      await create(client, names.rows(table), columnsSql(table));
    }
    await create(client, names.held(resource), 'id text NOT NULL');
    await create(client, names.rejects(resource), REJECT_COLUMNS);
  } catch (error) {
    await session.close();
    throw databaseError(`create staging tables for ${resource.name}`, error);
  }
  return {
    async copy(table, csv) {
      try {
        return await session.copyCsv(names.rows(table), Object.keys(table.columns), csv);
      } catch (error) {
        throw databaseError(`load rows of ${table.name} into staging`, error);
      }
    },
    async hold(ids) {
      try {
        for (const csv of idBatches(ids)) await session.copyCsv(names.held(resource), ['id'], csv);
      } catch (error) {
        throw databaseError(`load held ids of ${resource.name} into staging`, error);
      }
    },
    async reject(rejects) {
      const encoder = createCsvEncoder(REJECT_NAMES);
      for (const { record, ...line } of rejects) {
        encoder.encode({ ...line, record: record === null ? null : `\\x${record.toString('hex')}` });
      }
      try {
        await session.copyCsv(names.rejects(resource), REJECT_NAMES, encoder.take());
      } catch (error) {
        throw databaseError(`load rejects of ${resource.name} into staging`, error);
      }
    },
    async finish() {
      try {
        // The merge joins on the key alone. A sample of every column of 205,000 launches took 1.2 s.
        await client.query('SET default_statistics_target = 10');
        for (const table of resource.tables) {
          await client.query(`ANALYZE ${ident(...names.rows(table))} (${columnList(table.key)})`);
        }
      } catch (error) {
        throw databaseError(`analyze staging tables for ${resource.name}`, error);
      }
    },
    close: () => session.close(),
  };
}

/**
 * Drops the staging of every run: only the holder of the schema's lock may. What somebody reads, as a backup does, is
 * left to the next one.
 */
export async function dropStaging(client: ClientBase, schema: string): Promise<void> {
  const leftovers = await rows<{ name: string }>(
    client,
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' AND starts_with(relname, $2)`,
    [ident(ledgerSchema(schema)), PREFIX],
  );
  if (leftovers.length === 0) return;
  await client.query(`SET lock_timeout = '${DROP_TIMEOUT_SECONDS}s'`);
  try {
    for (const { name } of leftovers) await client.query(`DROP TABLE ${ident(ledgerSchema(schema), name)}`);
  } catch (error) {
    if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
  } finally {
    await client.query('RESET lock_timeout').catch(() => undefined);
  }
}

/** Afresh: an earlier try of the same resource may have left its own. */
async function create(client: ClientBase, name: readonly string[], columns: string): Promise<void> {
  await client.query(`DROP TABLE IF EXISTS ${ident(...name)}`);
  await client.query(
    `CREATE UNLOGGED TABLE ${ident(...name)} (${columns}) WITH (autovacuum_enabled = false)`,
  );
}

function columnsSql(table: Table): string {
  return Object.entries(table.columns)
    .map(([name, column]) => `${columnList([name])} ${column.type}`)
    .join(', ');
}

function* idBatches(ids: Iterable<string>): Generator<Uint8Array<ArrayBuffer>> {
  const encoder = createCsvEncoder(['id']);
  for (const id of ids) {
    encoder.encode({ id });
    if (encoder.bytes >= HELD_BATCH_BYTES) yield encoder.take();
  }
  if (encoder.rows > 0) yield encoder.take();
}
