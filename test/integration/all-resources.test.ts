import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { RunReport } from '../../src/core/run.ts';
import type { Table } from '../../src/core/table.ts';
import spacex from '../../src/sources/spacex/source.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { CliResult } from '../support/cli.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import {
  assertFailure,
  createTestServer,
  createWorkspace,
  QUICK_SOURCE,
  type TestServer,
  type Workspace,
} from '../support/workspace.ts';

const { resources } = spacex;

const ALL = { source: { ...QUICK_SOURCE }, resources: null };
const LAUNCHES = 80;
const TABLES = resources.flatMap(({ tables }) => tables);

type Row = {
  readonly table_name: string;
  readonly buried_by: string | null;
  readonly row: Readonly<Record<string, unknown>>;
};
/** A workspace, and a function that queries its target. */
type Place = { readonly workspace: Workspace; readonly ask: (sql: string) => Promise<Row[]> };
type Step = { readonly revision: number; readonly broken?: string };

let server: TestServer;
before(async () => {
  server = await createTestServer();
});
after(() => server.close());

function onServer(): Place {
  const workspace = server.workspace(ALL);
  return { workspace, ask: workspace.sql };
}

async function embedded(): Promise<Place> {
  const workspace = await withEmbedded(createWorkspace(ALL));
  after(workspace.remove);
  return { workspace, ask: (sql) => workspace.json<Row[]>(['query', sql]) };
}

async function pull({ workspace }: Place, seed: number, { revision, broken }: Step) {
  const faults = broken === undefined ? '' : `status=404@${broken}`;
  const api = await startSandbox({ seed, revision, launches: LAUNCHES, faults });
  try {
    return await workspace.pull(['--migrate', '--source', api.url]);
  } finally {
    await api.close();
  }
}

/** A digest of each table's contents, which ignores the order of rows and the times of runs. */
function digests(report: RunReport): Map<string, string> {
  return new Map(
    Object.values(report.resources).flatMap(({ tables }) =>
      Object.entries(tables).map(([name, { digest }]) => [name, digest]),
    ),
  );
}

/** Selects every row of every table, and every tombstone with the run that created it. */
const EVERY_ROW = [
  ...TABLES.map(
    ({ name }) => `SELECT '${name}' AS table_name, NULL AS buried_by, to_jsonb(t) AS "row" FROM ${name} t`,
  ),
  'SELECT table_name, run_id, "row" FROM tombstones',
].join(' UNION ALL ');

function rowsByKey(rows: readonly Row[]): Map<string, Row> {
  const keys = new Map(TABLES.map(({ name, key }: Table) => [name, key]));
  return new Map(
    rows.map((row) => {
      const key = (keys.get(row.table_name) ?? assert.fail(row.table_name)).map((column) => row.row[column]);
      return [JSON.stringify([row.table_name, ...key]), row];
    }),
  );
}

const sorted = (rows: Iterable<Row>): string[] =>
  [...rows]
    .map(({ table_name, row }) =>
      JSON.stringify([table_name, Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))]),
    )
    .sort();

/** Returns `table.column count` for every column that references a table. */
function dangling(report: RunReport): string[] {
  return Object.values(report.resources).flatMap(({ tables }) =>
    Object.entries(tables).flatMap(([table, counts]) =>
      Object.entries(counts.dangling).map(([column, count]) => `${table}.${column} ${count}`),
    ),
  );
}

/**
 * Pulls one state after another, and checks that each pull creates a tombstone for every row that the
 * previous state contained and the new state does not.
 */
async function pullInTurn(place: Place, seed: number, steps: readonly Step[]): Promise<RunReport> {
  let report: RunReport | undefined;
  let rows: ReadonlyMap<string, Row> | undefined;
  let buried = 0;
  for (const step of steps) {
    const result = await pull(place, seed, step);
    if (step.broken === undefined) {
      assert.equal(result.code, 0, result.stderr);
      assert.ok(dangling(result.report).every((one) => one.endsWith(' 0')));
    } else {
      assertPartial(result, step.broken);
    }
    const all = await place.ask(EVERY_ROW);
    const now = rowsByKey(all.filter(({ buried_by }) => buried_by === null));
    if (rows !== undefined) {
      const gone = [...rows].filter(([key]) => !now.has(key)).map(([, row]) => row);
      const tombstones = all.filter(({ buried_by }) => buried_by === result.report.run_id);
      assert.deepEqual(sorted(tombstones), sorted(gone));
      buried += gone.length;
      const kept = tablesThatNeed(step.broken);
      const ofKept = (some: ReadonlyMap<string, Row>): Row[] =>
        [...some.values()].filter(({ table_name }) => kept.has(table_name));
      assert.deepEqual(sorted(ofKept(now)), sorted(ofKept(rows)), 'the old rows are kept');
    }
    ({ report } = result);
    rows = now;
  }
  assert.ok(buried > 0, 'at least one row is deleted');
  return report ?? assert.fail();
}

/** The tables of a resource and of the resources that need it. */
function tablesThatNeed(resource: string | undefined): ReadonlySet<string> {
  const those = resources.filter(
    ({ name, needs }) => resource !== undefined && (name === resource || Object.hasOwn(needs, resource)),
  );
  return new Set(those.flatMap(({ tables }) => tables.map(({ name }) => name)));
}

/** Asserts that everything was published except the failed resource and the resources that need it. */
function assertPartial(result: CliResult & { readonly report: RunReport }, broken: string): void {
  assertFailure(result, { code: 3, message: new RegExp(`/v4/${broken}: it responded with 404`) });
  assert.equal(result.report.status, 'partial');
  for (const { name, needs, tables } of resources) {
    const { status, tables: published } = result.report.resources[name] ?? assert.fail(name);
    const skipped = Object.hasOwn(needs, broken);
    assert.equal(status, name === broken ? 'failed' : skipped ? 'skipped' : 'succeeded', name);
    assert.equal(Object.keys(published).length, status === 'succeeded' ? tables.length : 0, name);
  }
}

void describe('all resources', { concurrency: 3 }, () => {
  const alone = new Map<number, Promise<RunReport>>();
  /** Pulls the newest state into an empty schema. */
  function newest(seed: number): Promise<RunReport> {
    const known =
      alone.get(seed) ??
      pull(onServer(), seed, { revision: 3 }).then(({ code, report, stderr }) => {
        assert.equal(code, 0, stderr);
        return report;
      });
    alone.set(seed, known);
    return known;
  }

  void it('have no dangling references in any column of simulated records', async () => {
    const report = await newest(1);
    const expected = TABLES.flatMap(({ name, columns }) =>
      Object.entries(columns).flatMap(([column, { references }]) =>
        references === undefined ? [] : `${name}.${column} 0`,
      ),
    );
    assert.ok(expected.length > 10);
    assert.deepEqual(dangling(report).sort(), expected.sort());
  });

  for (const { where, open, seed, steps } of [
    {
      where: 'a server, one state skipped',
      open: onServer,
      seed: 1,
      steps: [{ revision: 1 }, { revision: 3 }],
    },
    {
      where: 'a server, every state pulled',
      open: onServer,
      seed: 2,
      steps: [{ revision: 1 }, { revision: 2 }, { revision: 3 }],
    },
    {
      where: 'a server where rockets failed once',
      open: onServer,
      seed: 3,
      steps: [{ revision: 1 }, { revision: 2, broken: 'rockets' }, { revision: 3 }],
    },
    {
      where: 'the embedded database, crew failed once',
      open: embedded,
      seed: 2,
      steps: [{ revision: 1 }, { revision: 2, broken: 'crew' }, { revision: 3 }],
    },
  ]) {
    void it(`have the same rows after several pulls as after one pull of the newest state: ${where}`, async () => {
      const [updated, report] = await Promise.all([pullInTurn(await open(), seed, steps), newest(seed)]);
      assert.deepEqual(digests(updated), digests(report));
      assert.equal(digests(report).size, TABLES.length);
      const launches = updated.resources['launches']?.tables['launches'] ?? assert.fail();
      assert.ok(launches.updated > 0 && launches.inserted > 0 && launches.deleted > 0);
    });
  }
});
