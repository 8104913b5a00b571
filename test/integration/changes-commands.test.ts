import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import type { RunReport } from '../../src/core/run.ts';
import { digests } from '../support/derived.ts';
import { openBesideSpacex, type BesideSpacex } from '../support/launch-library/beside-spacex.ts';
import {
  MINUTE,
  createChangingWorld,
  simulatedLaunches,
  updatedAt,
} from '../support/launch-library/changing-world.ts';
import { assertFailure, createTestServer, type TestServer } from '../support/workspace.ts';
import type { DriftReport, Explanation, RejectLine } from '../../src/output/records.ts';
import type { PlanReport, VerifyReport } from '../../src/output/runs.ts';

const TOKEN = 'a-token-that-is-nowhere';
const OF_SOURCE = ['--source', 'launch-library'];
const NOW = Date.now();

const records = simulatedLaunches(12);
const [changed = {}, broken = {}, quiet = {}] = records;
const idOf = (record: object): string => String(Object.entries(record).find(([name]) => name === 'id')?.[1]);

let server: TestServer;
before(async () => {
  server = await createTestServer();
});
after(() => server.close());

/** Each test continues from the runs of the previous one. */
void describe('with a source that is pulled incrementally', { concurrency: 1 }, () => {
  const world = createChangingWorld(records);
  const runs: RunReport[] = [];
  let beside: BesideSpacex;
  before(async () => {
    beside = await openBesideSpacex((settings) => server.workspace({ ...settings }), world, TOKEN);
  });
  after(() => beside.close());

  const last = (): RunReport => runs.at(-1) ?? assert.fail();
  const json = <T>(args: readonly string[], code = 0): Promise<T> => beside.json<T>(args, code);
  const verify = (code = 0): Promise<VerifyReport> => json(['verify'], code);
  async function pull(...flags: readonly string[]) {
    runs.push(await beside.pull(...flags));
    return last().resources['launches'] ?? assert.fail();
  }

  void it('run loads a full pull and a poll without affecting the other source', async () => {
    await beside.workspace.json(['migrate', 'up']);
    await beside.workspace.json(['run']);
    assert.equal((await pull()).pass, 'full');
    world.put(
      updatedAt(changed, NOW - MINUTE, { name: 'Changed', hashtag: null }),
      updatedAt(broken, NOW - MINUTE, { name: null }),
    );
    assert.partialDeepStrictEqual(await pull(), {
      pass: 'changes',
      received: 2,
      errored: 1,
    });
  });

  void it('explain prints page, offset and URL, newest page first', async () => {
    const {
      lost,
      records: found,
      unproven,
    } = await json<Explanation>(['explain', 'launches', idOf(changed)]);
    const [record, ...others] = found;
    assert.ok(record !== undefined && others.length === 0);
    assert.deepEqual([lost, unproven], [[], []]);
    assert.deepEqual([record.run_id, record.received_by], [last().run_id, last().run_id]);
    const bytes = readFileSync(record.path).subarray(record.offset, record.offset + record.length);
    assert.equal(bytes.toString(), record.record);
    assert.equal(JSON.parse(record.record).name, 'Changed');
    assert.match(record.path, /raw\/launches\/0004\.json$/);
    assert.match(
      record.request.url ?? '',
      /\/2\.3\.0\/launches\/\?mode=detailed&limit=5&ordering=last_updated&last_updated__gte=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/,
    );
    const stdout = await beside.text(['explain', 'launches', idOf(changed)]);
    assert.ok(stdout.includes(`(offset ${record.offset}, length ${record.length})`));

    // The newer record is shown with its violations. The row comes from a page of the previous run.
    const [newer, behind] = (await json<Explanation>(['explain', 'launches', idOf(broken)])).records;
    assert.equal(newer?.errors?.[0]?.path, '/name');
    assert.deepEqual([behind?.errors, behind?.received_by], [null, runs[0]?.run_id]);
  });

  void it('explain finds the record behind each version', async () => {
    const told = await json<Explanation>(['explain', 'launch_versions', idOf(changed)]);
    const received = told.records.map(({ received_by }) => received_by);
    assert.deepEqual(received, [runs[1]?.run_id, runs[0]?.run_id]);
    const times = told.records.map(({ record }) => Date.parse(JSON.parse(record).last_updated));
    assert.deepEqual(times, told.rows.map((row) => Date.parse(String(row['last_updated']))).toReversed());
    assert.deepEqual(told.unproven, []);
  });

  void it('drift compares a poll with the last full pull, and reports only what is new', async () => {
    const { launches } = (await json<DriftReport>(['drift'])).resources;
    assert.equal(launches?.against, runs[0]?.run_id);
    assert.equal(launches?.records, 2);
    assert.ok(launches?.moved.some(({ kind, path }) => kind === 'new_type' && path === '/name'));
    const shares = launches?.moved.filter(({ kind }) => kind === 'nulls' || kind === 'absent') ?? [];
    assert.ok(shares.every(({ before: was, now }) => (was === 0 || was === 1) && now === null));
  });

  void it('rejects, query, export and checks read both sources', async () => {
    const [reject] = await json<RejectLine[]>(['rejects', 'list', '--status', 'open']);
    assert.partialDeepStrictEqual(reject, { id: idOf(broken), resource: 'launches', status: 'open' });
    assert.match(await beside.text(['rejects', 'show', idOf(broken)]), /\/name/);
    const [row] = await json<{ name: string }[]>([
      'query',
      `SELECT name FROM launches WHERE id = '${idOf(changed)}'`,
    ]);
    assert.equal(row?.name, 'Changed');
    const exported = await json<{ table: string; rows: number }[]>(['export', '--out', 'out']);
    assert.partialDeepStrictEqual(
      exported.find(({ table }) => table === 'launch_versions'),
      { rows: 13 },
    );
    const checks = await json<{ resource: string; error: string | null }[]>(['checks', '--all']);
    assert.ok(
      checks.length > 0 && checks.every(({ error, resource }) => error === null && resource === 'launches'),
    );
    const [flown] = await beside.workspace.json<{ n: number }[]>([
      'query',
      'SELECT count(*) AS n FROM launches',
    ]);
    assert.equal(flown?.n, 20);
  });

  void it('plan polls, shows the changes, and leaves nothing behind', async () => {
    const folders = readdirSync(join(beside.dataDir, 'runs')).length;
    world.put(updatedAt(quiet, NOW, { name: 'Planned' }));
    const requests = beside.asked();
    const plan = await json<PlanReport>(['plan'], 10);
    assert.equal(beside.asked(), requests + 1);
    const { launches } = plan.resources;
    assert.partialDeepStrictEqual(launches, {
      status: 'succeeded',
      pass: 'changes',
      errored: 1,
      received: 3,
    });
    assert.partialDeepStrictEqual(launches?.tables['launches'], {
      updated: 1,
      unchanged: 1,
      deleted: 0,
      held: 1,
      kept: null,
    });
    assert.partialDeepStrictEqual(launches?.tables['launch_versions'], { inserted: 1, updated: 0 });
    assert.ok(launches?.tables['launches']?.changes[0]?.cells.some(({ after: to }) => to === 'Planned'));
    assert.equal(readdirSync(join(beside.dataDir, 'runs')).length, folders);
    assert.equal((await json<RunReport[]>(['runs'])).length, runs.length);
    assert.partialDeepStrictEqual(await pull(), {
      updated: 1,
      unchanged: 1,
      held: 1,
    });
    const none = await json<PlanReport>(['plan']);
    assert.equal(none.changes, false);
    assert.partialDeepStrictEqual(none.resources['launches']?.tables['launches'], {
      inserted: 0,
      updated: 0,
    });
  });

  void it('replay derives the current chain again, but an older chain only with --force', async () => {
    // Nothing has changed, so this run's pages are the chain's pages.
    assert.equal((await pull()).not_modified, true);
    const [, poll, news] = runs;
    const same = await json<PlanReport>(['plan', '--from', last().run_id ?? '']);
    assert.deepEqual([same.changes, same.resources['launches']?.newly_accepted], [false, []]);
    const again = await json<RunReport>(['replay', last().run_id ?? '']);
    assert.deepEqual(digests(again), digests(news ?? assert.fail()));
    assert.partialDeepStrictEqual(again.resources['launches'], { pass: 'full', unchanged: 12 });
    assertFailure(await beside.workspace.run(['replay', poll?.run_id ?? '', ...OF_SOURCE]), {
      code: 2,
      message: /it would switch launches of schema \S+ from run/,
      hint: /--force/,
    });
    assert.equal((await json<PlanReport>(['plan', '--from', poll?.run_id ?? ''], 10)).changes, true);
    const forced = await json<RunReport>(['replay', poll?.run_id ?? '', '--force']);
    const { launch_versions: kept, ...others } = digests(forced);
    const { launch_versions: _, ...then } = digests(poll ?? assert.fail());
    assert.deepEqual(others, then);
    assert.equal(kept, digests(again)['launch_versions']);
    // A version that arrived later stays, although no page of this chain contains it.
    const { intact, tables } = await verify();
    assert.ok(intact);
    const underivable = tables.map(({ table, underivable: n }) => [table, n]);
    assert.deepEqual(underivable, [
      ['launches', 0],
      ['launch_boosters', 0],
      ['launch_updates', 0],
      ['launch_versions', 1],
    ]);
    assert.match(await beside.text(['verify']), /^launch_versions +14 +yes +0 +0 +0 +1$/m);
    runs.push(forced);
    // The next poll continues from the older chain.
    assert.partialDeepStrictEqual(await pull(), { pass: 'changes', updated: 1 });
  });

  void it('verify names damaged and missing pages, and counts rows that no file proves', async () => {
    assert.ok((await verify()).intact);
    const [first] = runs;
    const page = join(first?.run_dir ?? '', 'raw/launches/0002.json');
    const bytes = readFileSync(page);
    rmSync(page);
    writeFileSync(page, '{}');
    const damaged = await verify(1);
    assert.match(
      damaged.underivable['launch-library.launches'] ?? damaged.underivable['launches'] ?? '',
      /0002\.json, received by run \S+, has changed since it was received/,
    );
    rmSync(page);
    assert.match(
      await beside.text(['verify'], 1),
      /0002\.json, received by run \S+, cannot be read \(it is missing\)/,
    );
    // A new chain begins. Versions that only the old chain contained stay.
    assert.equal((await pull()).pass, 'full');
    const { intact, tables } = await verify();
    assert.ok(intact);
    assert.equal(tables.find(({ table }) => table === 'launch_versions')?.underivable, 3);
    writeFileSync(page, bytes);
    const kept = await json<Explanation>(['explain', 'launch_versions', idOf(changed)]);
    assert.deepEqual([kept.records.length, kept.unproven], [2, []]);
    for (const one of await json<RunReport[]>(['runs']))
      if (one.run_id !== last().run_id) rmSync(one.run_dir ?? '', { recursive: true });
    const pruned = await json<Explanation>(['explain', 'launch_versions', idOf(changed)]);
    assert.equal(pruned.unproven.length, 2);
    assert.ok(pruned.lost.length > 0);
    assert.match(
      await beside.text(['explain', 'launch_versions', idOf(changed)]),
      /No raw file in this folder contains/,
    );
    assert.ok((await verify()).intact);
    // The other source is unchanged.
    assert.ok((await beside.workspace.json<VerifyReport>(['verify'])).intact);
  });

  void it('no command prints or stores the token', async () => {
    const files = readdirSync(beside.dataDir, { recursive: true, encoding: 'utf8' });
    for (const file of files) {
      const path = join(beside.dataDir, file);
      if (statSync(path).isFile()) assert.ok(!readFileSync(path).includes(TOKEN), file);
    }
    assert.ok(!beside.printed().includes(TOKEN));
    const inSchema = (name: string) => `strpos(schema_to_xml('${name}', true, false, '')::text, '${TOKEN}')`;
    const [found] = await json<object[]>([
      'query',
      `SELECT ${inSchema('launch_library')} AS rows, ${inSchema('launch_library_pipeline')} AS ledger`,
    ]);
    assert.deepEqual(found, { rows: 0, ledger: 0 });
  });
});
