import spacex from '../../src/sources/spacex/source.ts';
import { randomBytes } from 'node:crypto';

import { openLedger } from '../../src/adapters/postgres/ledger.ts';
import { lockSchema } from '../../src/adapters/postgres/lock.ts';
import { migrateUp } from '../../src/adapters/postgres/migrate.ts';
import type { Database, Session } from '../../src/adapters/postgres/session.ts';
import { ident } from '../../src/adapters/postgres/sql.ts';
import { stagingNames } from '../../src/adapters/postgres/staging.ts';
import { openTarget } from '../../src/adapters/postgres/target.ts';
import { migrationDirs } from '../../src/app/database.ts';
import type { Resource, Rows } from '../../src/core/resource.ts';
import type { Source } from '../../src/core/source.ts';
import { NO_ROWS, rowCounts, type ResourceReport } from '../../src/core/run.ts';
import type { Ledger, RunEnd, RunHeader, Target } from '../../src/core/target.ts';
import { createCsvEncoder } from '../../src/lib/csv.ts';
import { uuidv7 } from '../../src/lib/uuidv7.ts';
import { createKindGuard } from '../../src/steps/kind.ts';
import { publish, type Derived, type PublishRules } from '../../src/steps/publish.ts';
import { createTableSql, TABLES } from './target-resources.ts';

/** Opens the database under test with a schema of the given name, which might not exist yet. */
export type OpenDatabase = (schema: string) => Promise<Database>;

/** A migrated schema for one test, with the tables of the invented resources. */
export type Lab = {
  readonly database: Database;
  readonly session: Session;
  readonly close: () => Promise<void>;
};

/** What one resource contributes to a run. */
export type Load = {
  readonly resource: Resource;
  readonly rows: Rows;
  readonly held?: readonly string[];
  readonly deletes?: boolean;
  readonly report?: Partial<ResourceReport>;
  /** Deliberately incorrect counts of copied rows. */
  readonly staged?: Readonly<Record<string, number>>;
};

export type Run = { readonly id: string; readonly ledger: Ledger; readonly target: Target };

export const RULES: PublishRules = {
  vanished: () => ({ count: 5, share: 0.1 }),
  atomic: false,
  chosen: null,
};
export const ANY_LOSS: PublishRules = { ...RULES, vanished: () => ({ count: 1e9, share: 1 }) };

export async function openLab(
  openDatabase: OpenDatabase,
  schema = randomSchema(),
  source: Pick<Source, 'name'> = spacex,
): Promise<Lab> {
  const database = await openDatabase(schema);
  const session = await database.connect();
  await lockSchema(session, schema);
  await migrateUp(session, database, migrationDirs(source));
  for (const table of TABLES) await session.query(createTableSql(table));
  return { database, session, close: () => database.close() };
}

export function randomSchema(): string {
  return `lab_${randomBytes(6).toString('hex')}`;
}

let lastStart = Date.now(); // run ids sort by time, so each run of this process starts later than the previous run

export function runHeader(values: Partial<RunHeader> = {}): RunHeader {
  lastStart += 1000;
  return {
    run_id: uuidv7(lastStart, randomBytes),
    source: 'test',
    address: 'test',
    started_at: new Date(lastStart).toISOString(),
    program_version: '0.0.0',
    host: 'test-host',
    pid: 4711,
    run_dir: '/nowhere',
    folder_id: 'a folder',
    origin_run_id: null,
    job: null,
    ...values,
  };
}

export const TIMEOUTS = {
  lockTimeoutSeconds: 5,
  statementTimeoutSeconds: 20,
  wait: async () => undefined,
} as const;

export async function beginRun(
  lab: Lab,
  { simulated = false, ...values }: Partial<RunHeader> & { readonly simulated?: boolean } = {},
): Promise<Run> {
  const header = runHeader(values);
  const run = openRun(lab, header.run_id);
  await run.ledger.begin(header);
  await createKindGuard([run.ledger.kind], true).admit(simulated, 'here');
  return run;
}

/** The ledger and target of a run, which might not have begun. */
export function openRun(
  { session, database }: Lab,
  id: string,
  limits: { readonly lockTimeoutSeconds?: number } = {},
): Run {
  const staging = stagingNames(database.schema, id);
  return {
    id,
    ledger: openLedger(database, session, { id, staging }),
    target: openTarget(database, session, { id, staging, ...TIMEOUTS, ...limits }),
  };
}

export async function stage(run: Run, one: Load): Promise<Derived> {
  const { resource, held = [], deletes = true } = one;
  const staging = await run.target.stage(resource);
  const staged: Record<string, number> = {};
  try {
    for (const table of resource.tables) {
      const encoder = createCsvEncoder(Object.keys(table.columns));
      for (const row of one.rows[table.name] ?? []) encoder.encode(row);
      staged[table.name] = encoder.rows === 0 ? 0 : await staging.copy(table, encoder.take());
    }
    await staging.hold(held);
    await staging.finish(staged);
  } finally {
    await staging.close();
  }
  const validated = one.rows[resource.tables[0].name]?.length ?? 0;
  const report: ResourceReport = {
    status: 'succeeded',
    received: validated + held.length,
    validated,
    errored: held.length,
    repeated: 0,
    pass: 'full',
    ...rowCounts(NO_ROWS),
    not_modified: false,
    pages: [],
    seconds: 0.25,
    tables: {},
    error: null,
    ...one.report,
  };
  return {
    resource,
    report,
    steps: {},
    staged: { ...staged, ...one.staged },
    deletes,
    allRead: true,
    key: null,
    unchanged: null,
    replaces: false,
    carries: null,
    touched: null,
    chain: null,
  };
}

/** Executes a complete run on the target: begin, stage, publish. */
export async function load(lab: Lab, loads: readonly Load[], rules = ANY_LOSS): Promise<Run & RunEnd> {
  const run = await beginRun(lab);
  return { ...run, ...(await stageAndPublish(run, loads, rules)) };
}

export async function stageAndPublish(run: Run, loads: readonly Load[], rules = ANY_LOSS): Promise<RunEnd> {
  const derived: Derived[] = [];
  for (const one of loads) derived.push(await stage(run, one));
  return publish(derived, run.target, rules);
}

/** A table's rows as JSON documents, in a fixed order. */
export async function read(lab: Lab, table: string): Promise<Record<string, unknown>[]> {
  const found = await lab.session.rows<{ row: Record<string, unknown> }>(
    `SELECT to_jsonb(t) AS row FROM ${ident(table)} t ORDER BY t::text COLLATE "C"`,
  );
  return found.map(({ row }) => row);
}

const LEDGER = ['tombstones', 'run_resources', 'run_pages', 'run_tables', 'contents'];
const KEPT = [...TABLES.map(({ name }) => name), ...LEDGER];

/**
 * Everything that a failed publish must not change, down to the row version: target tables, tombstones and the books
 * of earlier runs.
 */
export async function snapshot(lab: Lab): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const table of KEPT) all[table] = await versions(lab, table);
  return all;
}

export function versions(lab: Lab, table: string): Promise<Record<string, unknown>[]> {
  return lab.session.rows(
    `SELECT ctid::text, xmin::text, to_jsonb(t) AS row FROM ${ident(table)} t ORDER BY ctid`,
  );
}

export async function runRow(lab: Lab, id: string): Promise<Record<string, unknown> | undefined> {
  const [row] = await lab.session.rows('SELECT * FROM runs WHERE run_id = $1', [id]);
  return row;
}
