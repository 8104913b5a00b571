import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import type { JobReport, JobTry } from '../../src/core/job.ts';
import type { RunReport } from '../../src/core/run.ts';
import type { StatusReport } from '../../src/core/status.ts';
import { sources as present } from '../../src/sources/index.ts';
import { createGate, ROCKETS, sandboxReplies, startApi } from '../support/api.ts';
import { runHere, startCli, type CliResult, type RunningCli } from '../support/cli.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import { MOONS, withMoons } from '../support/moons.ts';
import { createDatabase } from '../support/postgres.ts';
import { assertFailure, QUICK_SOURCE } from '../support/workspace.ts';

/** A new source needs only a folder and one line. Here it runs next to the existing sources. */
const NAMES = [...present.map(({ name }) => name), 'moon-watch'];
const program = await withMoons();
after(program.remove);

const FLIGHTS = JSON.stringify([{ id: 'a', moon: 'm1' }]);
const replies = await sandboxReplies({ launches: 20 });
const spacex = await startApi(replies, { simulated: true });
const moons = await startApi({ '/moons': { body: MOONS }, '/launches': { body: FLIGHTS } });
after(() => Promise.all([spacex.close(), moons.close()]));

type Place = {
  readonly folder: string;
  readonly start: (...args: readonly string[]) => RunningCli;
  readonly run: (...args: readonly string[]) => Promise<CliResult>;
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the test says what document it expects
  readonly json: <T>(...args: readonly string[]) => Promise<T>;
};

function placeAt(url: string | null): Place {
  const folder = mkdtempSync(path.join(tmpdir(), 'test-sources-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const settings = {
    ...(url === null ? {} : { database: { url } }),
    sources: {
      spacex: { ...QUICK_SOURCE, baseUrl: spacex.url, resources: ['rockets', 'launches'] },
      'moon-watch': { ...QUICK_SOURCE, baseUrl: moons.url },
    },
  };
  writeFileSync(path.join(folder, 'spacex-pipeline.config.json'), JSON.stringify(settings));
  const options = { cwd: folder, launcher: program.launcher };
  const run = (...args: readonly string[]) => runHere(args, options);
  return {
    folder,
    run,
    start: (...args) => startCli(args, options),
    async json(...args) {
      const { code, stderr, stdout } = await run(...args, '--json');
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout);
    },
  };
}

type Named = {
  readonly source: string;
  readonly status: string;
  readonly table: string;
  readonly name: string;
};

/** Checks what must be true in any database into which both sources have been loaded. */
async function assertBoth({ json }: Place): Promise<void> {
  const runs = await json<RunReport[]>('runs');
  const ends = runs.map(({ simulated, source, status }) => `${source} ${simulated} ${status}`);
  assert.deepEqual(ends.toSorted(), ['moon-watch false succeeded', 'spacex true succeeded']);
  const joined = `SELECT (SELECT count(*) FROM launches) AS launches, (SELECT count(*) FROM moons) AS moons,
    (SELECT count(*) FROM moon_watch.launches l JOIN moons m ON m.id = l.moon_id) AS flights`;
  assert.deepEqual(await json('query', joined), [{ launches: 20, moons: 2, flights: 1 }]);
}

/** Commands without `--source` cover both sources; with it, they cover only the named source. */
async function assertCommands({ folder, json, run }: Place): Promise<void> {
  const [own] = await json<RunReport[]>('runs', '--source', 'moon-watch');
  assert.equal(own?.source, 'moon-watch');
  const { source } = await json<RunReport>('runs', 'show', own.run_id ?? '');
  assert.equal(source, 'moon-watch');
  assert.deepEqual(await json('query', 'SELECT id FROM launches', '--source', 'moon-watch'), [{ id: 'a' }]);

  const { intact, tables } = await json<{ intact: boolean; tables: Named[] }>('verify');
  assert.ok(intact);
  assert.ok(tables.some(({ source: of, table }) => of === 'moon-watch' && table === 'launches'));
  assert.ok(tables.some(({ source: of, table }) => of === 'spacex' && table === 'launches'));
  const checks = await json<Named[]>('checks', '--all');
  assert.deepEqual(new Set(checks.map((check) => check.source)), new Set(['spacex', 'moon-watch']));
  const { migrations } = await json<{ migrations: Named[] }>('migrate', 'status');
  for (const name of ['spacex/0001_tables', 'moon-watch/0001_tables'])
    assert.ok(
      migrations.some((one) => one.name === name),
      name,
    );
  // Commands that delete rows accept only one source at a time.
  assertFailure(await run('migrate', 'down', '--yes'), {
    code: 2,
    message: new RegExp(`migrate down for ${NAMES.length} sources`),
    hint: /--source spacex, .*or --source moon-watch/,
  });
  await json('export', '--out', 'out');
  for (const file of ['launches.csv', 'moon_watch/launches.csv', 'moon_watch/moons.csv'])
    assert.ok(existsSync(path.join(folder, 'out', file)), file);
  const { record } = (await json<{ records: [{ record: string }] }>('explain', 'launches', 'a')).records[0];
  assert.equal(record, '{"id":"a","moon":"m1"}');

  assertFailure(await run('runs', '--schema', 'other'), {
    code: 2,
    message: new RegExp(`--schema for ${NAMES.length} sources`),
    hint: /--source spacex, .*or --source moon-watch/,
  });
  assertFailure(await run('run', '--source', 'mars'), {
    code: 2,
    message: new RegExp(`known sources: ${NAMES.join(', ')}`),
  });
}

/** A source that was never loaded does not affect the others, and the hint names the command that loads it. */
async function assertNeverLoaded({ json, run }: Place): Promise<void> {
  const { needs_attention, sources } = await json<StatusReport>('status');
  assert.equal(needs_attention, false);
  assert.deepEqual(
    sources.map(({ last_success, source }) => [source, last_success !== null]),
    NAMES.map((name) => [name, name === 'spacex' || name === 'moon-watch']),
  );
  assert.match(
    (await run('status')).stdout,
    /\n\nlaunch-library: never ran\n {2}Job: .*\n\n(?:.*\n)*moon-watch: fine\n/,
  );
  const alone = await run('status', '--source', 'launch-library');
  assert.equal(alone.code, 10, 'a source that is named explicitly must have been loaded');
  assert.match(alone.stdout, /\nNext: \S+ run --source launch-library\n$/);
  for (const sql of ['SELECT * FROM next_launches', 'SELECT id FROM launch_library.launches'])
    assertFailure(await run('query', sql), {
      code: 5,
      message: /does not exist/,
      hint: /^hint: Nothing from launch-library has been loaded yet\..*: \S+ run --source launch-library$/,
    });
  assertFailure(await run('query', 'SELECT * FROM mars'), { code: 5, message: /mars/, hint: /tables$/ });
  assertFailure(await run('explain', 'launches', 'nobody'), { code: 2, message: /neither a row nor/ });
  assertFailure(await run('export', '--tables', 'moons'), {
    code: 2,
    message: /moons: it is not in schema spacex/,
    hint: /of a different source, include the schema, such as launch_library\.NAME\. /,
  });
  assert.match((await run('verify')).stdout, /^source +table.*\n.*\nspacex +rockets[^]*\nmoon-watch +moons/);
}

/** By default there is one job per source. */
async function assertJobs({ json, run, start }: Place): Promise<void> {
  const jobs = await json<JobReport[]>('jobs');
  assert.deepEqual(
    jobs.map(({ name, source }) => [name, source]),
    NAMES.map((name) => [name, name]),
  );
  const own = await json<JobReport[]>('jobs', '--source', 'moon-watch');
  const names = (of: readonly JobReport[]): readonly string[] => of.map(({ name }) => name);
  assert.deepEqual(names(own), ['moon-watch']);
  assertFailure(await run('serve', '--port', '0', '--from', moons.url), {
    code: 2,
    message: new RegExp(`jobs for ${NAMES.join(' and ')}`),
    hint: /--source/,
  });
  const serve = start('serve', '--port', '0', '--source', 'moon-watch', '--json');
  const serving: { jobs: JobReport[] } = JSON.parse(await serve.output(/^(\{[^]*\n\})$/m));
  assert.deepEqual(names(serving.jobs), names(own), 'no jobs for other sources');
  await serve.line(/job moon-watch succeeded/);
  serve.kill('SIGTERM');
  assert.equal((await serve.finished).code, 0);
  const { end } = await json<{ end: JobTry }>('jobs', 'run', 'moon-watch');
  assert.equal(end.status, 'succeeded');
  const { job, source } = await json<RunReport>('runs', 'show', end.run_id ?? '');
  assert.deepEqual([source, job], ['moon-watch', 'moon-watch']);
}

void describe('two sources', () => {
  void it('can load into one database on a server at the same time', async () => {
    const database = await createDatabase();
    try {
      const place = placeAt(database.url);
      for (const source of ['spacex', 'moon-watch']) await place.json('migrate', 'up', '--source', source);
      const gate = createGate(10);
      moons.set('/moons', { body: MOONS, gate });
      const second = place.start('run', '--source', 'moon-watch', '--json');
      await gate.reached;
      const first = await place.json<RunReport>('run');
      assert.deepEqual([first.source, first.status], ['spacex', 'succeeded']);
      gate.open();
      const { code, stderr } = await second.finished;
      assert.equal(code, 0, stderr);
      await assertBoth(place);
      await assertCommands(place);
      await assertNeverLoaded(place);
      await place.json('migrate', 'up');
      await assertJobs(place);
    } finally {
      await database.drop();
    }
  });

  void it('run one after another into one embedded database, with simulated records next to real ones', async () => {
    moons.set('/moons', { body: MOONS });
    const place = await withEmbedded(placeAt(null));
    const { migrations } = await place.json<{ migrations: Named[] }>('migrate', 'status');
    assert.ok(migrations.some(({ name }) => name === 'moon-watch/0001_tables'));
    await place.json('run', '--source', 'moon-watch');
    await place.json('run');
    await assertBoth(place);
    const { not_modified } =
      (await place.json<RunReport>('run', '--source', 'moon-watch')).resources['moons'] ?? {};
    assert.equal(not_modified, true);
    assert.equal((await place.json<StatusReport>('status')).needs_attention, false);
    // Each source has either real or simulated records, regardless of the others.
    moons.set(ROCKETS, replies[ROCKETS]);
    assertFailure(await place.run('run', '--from', moons.url, '--resources', 'rockets'), {
      code: 2,
      message: /real/,
    });
  });
});
