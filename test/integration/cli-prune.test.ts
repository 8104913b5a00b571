import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import { runCli as runInProcess } from '../../src/cli/program.ts';
import type { RunReport } from '../../src/core/run.ts';
import { uuidv7 } from '../../src/lib/uuidv7.ts';
import { LAUNCHES, ROCKETS, sandboxReplies, startApi, type Api, type Reply } from '../support/api.ts';
import {
  assertFailure,
  createTestServer,
  readJson,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';
import type { PruneReport } from '../../src/output/runs.ts';

const CONFIG = 'spacex-pipeline.config.json';

let server: TestServer;
let good: Readonly<Record<string, Reply>>;
let workspace: ServerWorkspace;
let api: Api;

before(async () => {
  server = await createTestServer();
  good = await sandboxReplies({ launches: 20 });
});
after(() => server.close());
beforeEach(async () => {
  workspace = server.workspace({ retention: { prune: false, publishedRuns: 2 } });
  api = await startApi(good);
});
afterEach(() => api.close());

async function pull(...flags: readonly string[]): Promise<RunReport & { readonly stderr: string }> {
  const { report, stderr } = await workspace.pull(['--migrate', '--source', api.url, ...flags]);
  return { ...report, stderr };
}

/** Serves a different body with the same records, so that the next run receives it. */
function serveNew(): void {
  api.set(LAUNCHES, { body: String(good[LAUNCHES]?.body).padEnd(100_000 + api.requests.length) });
}

const folders = (): string[] => readdirSync(path.join(workspace.folder, 'data', 'runs')).sort();
const ids = (runs: readonly RunReport[]): string[] => runs.map(({ run_id }) => run_id ?? '').sort();
const rawOf = ({ run_dir }: RunReport, resource = 'launches'): string =>
  path.join(run_dir ?? '', 'raw', resource, '0001.json');
const told = ({ pruned }: PruneReport): unknown[] => pruned.map(({ reason, run_id }) => [run_id, reason]);
const daysAgo = (days: number): number => Date.now() - days * 86_400_000;

/** Creates a folder like the one that a run leaves if it dies immediately. */
function plant(days: number, manifest: object | null): string {
  const runId = uuidv7(daysAgo(days), (n) => Buffer.alloc(n, 7));
  const folder = path.join(workspace.folder, 'data', 'runs', runId);
  mkdirSync(path.join(folder, 'raw'), { recursive: true });
  if (manifest !== null)
    writeFileSync(path.join(folder, 'run.json'), JSON.stringify({ ...manifest, run_id: runId }));
  return runId;
}

void describe('runs prune', { concurrency: 1 }, () => {
  void it('keeps the newest published runs, and the older runs whose raw files the target is based on', async () => {
    const [first, second, third, fourth] = [await pull(), await pull(), await pull(), await pull()];
    assert.equal(fourth.resources['launches']?.not_modified, true);
    const dry = await workspace.json<PruneReport>(['runs', 'prune', '--dry-run']);
    assert.deepEqual([dry.dry_run, dry.kept, told(dry)], [true, 3, [[second.run_id, 'superseded']]]);
    assert.equal(folders().length, 4);
    const done = await workspace.json<PruneReport>(['runs', 'prune']);
    assert.deepEqual(done, { ...dry, dry_run: false });
    assert.deepEqual(folders(), ids([first, third, fourth]));
    // The ledger keeps the run's row, and the next run still receives a 304.
    assert.ok((await workspace.json<RunReport[]>(['runs'])).some(({ run_id }) => run_id === second.run_id));
    assert.equal((await pull()).resources['launches']?.not_modified, true);
  });

  void it('removes old tombstones, as every run does at its end', async () => {
    await pull();
    const [launch] = await workspace.sql<{ run_id: string }>(
      'SELECT _run_id AS run_id FROM launches LIMIT 1',
    );
    const bury = (days: number): Promise<unknown> =>
      workspace.sql(`INSERT INTO tombstones (table_name, row_id, run_id, deleted_at, "row")
        SELECT 'launches', n::text, '${launch?.run_id}', now() - interval '${days} days', '{}' FROM generate_series(1, 3) n`);
    const kept = (): Promise<unknown> => workspace.sql('SELECT count(*)::int AS n FROM tombstones');
    await bury(89);
    await bury(91);
    const dry = await workspace.json<PruneReport>(['runs', 'prune', '--dry-run']);
    assert.deepEqual([dry.tombstones, await kept()], [3, [{ n: 6 }]]);
    assert.match((await workspace.run(['runs', 'prune'])).stdout, /^Removed 0 folders and 3 tombstones; /);
    assert.deepEqual(await kept(), [{ n: 3 }]);
    workspace.configure({ retention: { prune: true, tombstoneDays: 30 } });
    assert.match((await pull()).stderr, /^\S+ info  removed 3 old tombstones$/m);
    assert.deepEqual(await kept(), [{ n: 0 }]);
  });

  void it('preserves the raw file of an unchanged run when it removes the run that received the file', async () => {
    const [first, second] = [await pull(), await pull()];
    const bytes = readFileSync(rawOf(first));
    assert.equal(statSync(rawOf(first)).ino, statSync(rawOf(second)).ino);
    assert.deepEqual([statSync(rawOf(first)).nlink, statSync(rawOf(first, 'rockets')).nlink], [2, 2]);
    serveNew();
    api.set(ROCKETS, { body: `${String(good[ROCKETS]?.body)} ` });
    const third = await pull();
    assert.equal(third.resources['launches']?.not_modified, false);
    assert.deepEqual(told(await workspace.json<PruneReport>(['runs', 'prune'])), [
      [first.run_id, 'superseded'],
    ]);
    assert.deepEqual(folders(), ids([second, third]));
    assert.deepEqual(readFileSync(rawOf(second)), bytes);
    assert.equal(statSync(rawOf(second)).nlink, 1);
  });

  void it('a run stores an identical response only once, unless the stored file was damaged', async () => {
    const [first, second] = [await pull(), await pull('--full')];
    assert.equal(second.resources['launches']?.not_modified, false);
    assert.equal(statSync(rawOf(first)).ino, statSync(rawOf(second)).ino);
    const bytes = readFileSync(rawOf(second));
    writeFileSync(
      rawOf(second),
      bytes.map((byte, at) => (at === 9 ? byte ^ 1 : byte)),
    );
    const third = await pull('--full');
    assert.deepEqual(readFileSync(rawOf(third)), bytes);
    assert.equal(statSync(rawOf(third)).nlink, 1);
  });

  void it('keeps the raw files of a resource that later runs did not publish', async () => {
    const [received, linked] = [await pull(), await pull()];
    const flags = ['--resources', 'rockets'];
    const [third] = [await pull(...flags), await pull(...flags), await pull(...flags)];
    const { pruned } = await workspace.json<PruneReport>(['runs', 'prune']);
    assert.deepEqual(
      pruned.map(({ run_id }) => run_id),
      [third.run_id],
    );
    assert.ok(existsSync(rawOf(received)) && existsSync(rawOf(linked)));
    assert.equal((await pull()).resources['launches']?.not_modified, true);
  });

  void it('removes old runs that published nothing, but leaves unknown folders and the runs of other schemas alone', async () => {
    const published = await pull();
    api.set(ROCKETS, { body: '<html>', headers: { 'content-type': 'text/html' } });
    const [failed, fresh] = [await pull(), await pull()];
    assert.deepEqual([failed.status, fresh.status], ['failed', 'failed']);
    await workspace.sql(
      `UPDATE runs SET finished_at = now() - interval '15 days' WHERE run_id = '${failed.run_id}'`,
    );
    api.set(ROCKETS, good[ROCKETS] ?? { body: '' });
    const last = await pull();
    const manifest = readJson<{ readonly config: object }>(published.run_dir ?? '', 'run.json');
    const started_at = new Date(daysAgo(20)).toISOString();
    const ended = { ...manifest, status: 'failed', started_at, finished_at: started_at };
    const other = { ...ended, config: { ...manifest.config, 'sources.spacex.schema': 'other' } };
    const [half, unreached] = [plant(20, null), plant(21, ended)];
    const stay = [plant(22, other), plant(23, { ...ended, status: 'succeeded' }), plant(2, null)];
    const foreign = ['.removed-notes', 'notes', '01a20c24'];
    for (const name of foreign) mkdirSync(path.join(workspace.folder, 'data', 'runs', name));
    // A plain file whose name is a run id.
    const file = uuidv7(daysAgo(25), (n) => Buffer.alloc(n, 7));
    writeFileSync(path.join(workspace.folder, 'data', 'runs', file), 'notes');
    const damaged = plant(24, null);
    writeFileSync(path.join(published.run_dir ?? '', '..', damaged, 'run.json'), '{');

    const report = await workspace.json<PruneReport>(['runs', 'prune']);
    assert.deepEqual(told(report), [
      [failed.run_id, 'failed'],
      [half, 'half_written'],
      [unreached, 'failed'],
    ]);
    assert.deepEqual(
      folders().filter((name) => name !== damaged),
      [...ids([published, fresh, last]), ...stay, ...foreign, file].sort(),
    );
  });

  void it('recognizes a half-written or half-removed folder, and never reads it as a run', async () => {
    const [first, second] = [await pull(), await pull()];
    const half = plant(0, null);
    const aside = path.join(path.dirname(first.run_dir ?? ''), `.removed-${first.run_id}`);
    renameSync(first.run_dir ?? '', aside);
    await workspace.sql(
      `DELETE FROM run_checks; DELETE FROM run_tables; DELETE FROM run_pages; DELETE FROM run_resources; DELETE FROM runs`,
    );
    const runs = await workspace.json<RunReport[]>(['runs']);
    assert.deepEqual(ids(runs), ids([second]));
    const shown = await workspace.run(['runs', 'show', half]);
    assertFailure(shown, { code: 2, message: /no run id starts or ends with it$/ });
    assertFailure(await workspace.run(['drift', first.run_id ?? '']), {
      code: 2,
      message: /: no folder name in \S+ starts or ends with it$/,
    });
    assert.deepEqual(told(await workspace.json<PruneReport>(['runs', 'prune'])), [
      [first.run_id, 'leftover'],
    ]);
    assert.deepEqual(folders(), [...ids([second]), half].sort());
  });

  void it('removes nothing if the ledger cannot be read', async () => {
    await pull();
    serveNew();
    const second = await pull();
    plant(99, null);
    const found = folders();
    assertFailure(
      await workspace.run(['runs', 'prune', '--database-url', 'postgres://nobody@127.0.0.1:1/none']),
      {
        code: 5,
        message: /Cannot connect to/,
      },
    );
    assertFailure(await workspace.run(['runs', 'prune', '--source', 'spacex', '--schema', 'never']), {
      code: 5,
      message: /Cannot read the ledger \(no run folder was removed\): .*42P01/,
      hint: /migrate status/,
    });
    await workspace.sql('ALTER TABLE run_resources RENAME TO away');
    const at = await workspace.run(['runs', 'prune']);
    assertFailure(at, { code: 5, message: /Cannot read the ledger/ });
    assert.deepEqual(folders(), found);
    assert.ok(existsSync(rawOf(second)));
  });

  void it('prints what it removes', async () => {
    const runs = [await pull(), await pull(), await pull()];
    serveNew();
    await pull();
    const dry = await workspace.run(['runs', 'prune', '--dry-run']);
    assert.match(
      dry.stdout,
      new RegExp(`^${runs[1]?.run_id} +succeeded +superseded by newer runs +${runs[1]?.run_dir}$`, 'm'),
    );
    assert.match(dry.stdout, /^Would remove 1 folder; 3 folders remain\.$/m);
    assert.match((await workspace.run(['runs', 'prune'])).stdout, /^Removed 1 folder; 3 folders remain\.$/m);
    assert.equal((await workspace.run(['runs', 'prune'])).stdout, 'Removed 0 folders; 3 folders remain.\n');
  });

  void it('reports a folder that it cannot remove, and exits 1', async () => {
    const runs = [await pull('--full'), await pull('--full'), await pull('--full')];
    const parent = path.dirname(runs[0]?.run_dir ?? '');
    const printed: string[] = [];
    const output = { write: (text: string) => printed.push(text) };
    chmodSync(workspace.folder, 0o755);
    chmodSync(parent, 0o555);
    // Root can remove anything, so the process temporarily runs as a different user.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    const outcome = await runInProcess(['runs', 'prune', '--config', path.join(workspace.folder, CONFIG)], {
      stdout: output,
      stderr: output,
      cwd: workspace.folder,
      signal: AbortSignal.timeout(60_000),
    }).finally(() => {
      if (isRoot) process.seteuid?.(0);
      chmodSync(parent, 0o755);
    });
    assert.equal(outcome, 'internal', printed.join(''));
    const [shown, error, hint] = printed;
    assert.equal(shown, 'Removed 0 folders; 2 folders remain.\n');
    assert.match(error ?? '', /^error: Cannot remove run folder \S+: EACCES/);
    assert.match(hint ?? '', /^hint: .*runs prune/);
    assert.deepEqual(folders(), ids(runs));
  });
});
