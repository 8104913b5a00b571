import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';

import type { RunReport } from '../../src/core/run.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import {
  assertFailure,
  createTestServer,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';
import type { Reject } from '../../src/output/records.ts';

let server: TestServer;
let workspace: ServerWorkspace;
/** Newest first: a run that failed, and a run that set records aside. */
let runs: RunReport[];
const AWAY = 'postgres://nobody@127.0.0.1:1/none';

before(async () => {
  server = await createTestServer();
  workspace = server.workspace();
  const bad = await startSandbox({ launches: 100, faults: 'bad=0.04@launches' });
  const first = await workspace.pull(['--migrate', '--source', bad.url]);
  await bad.close();
  const broken = await startSandbox({ launches: 100, faults: 'html' });
  const second = await workspace.pull(['--source', broken.url]);
  await broken.close();
  assert.deepEqual([first.code, second.code], [0, 3], first.stderr + second.stderr);
  runs = [second.report, first.report];
});
after(() => server.close());

void describe('runs', { concurrency: 3 }, () => {
  void it('lists the documents that run --json printed, newest first', async () => {
    const listed = await workspace.json<RunReport[]>(['runs']);
    assert.deepEqual(withoutTimes(listed), withoutTimes(runs));
    const [newest] = await workspace.json<RunReport[]>(['runs', '--limit', '1']);
    assert.equal(newest?.run_id, runs[0]?.run_id);
    const { code, stdout, stderr } = await workspace.run(['runs']);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(
      stdout,
      /^run +status +address +started +took +received +errored +inserted +updated +deleted +error$/m,
    );
    assert.match(
      stdout,
      new RegExp(
        `^${runs[0]?.run_id} +failed +http\\S+ +(?:\\d+ min )?[\\d.]+ s ago +[\\d.]+ s +0 +0 +0 +0 +0 +source$`,
        'm',
      ),
    );
  });

  void it('works with only the data folder, and with only the ledger', async () => {
    const folder = await workspace.run(['runs', '--json', '--database-url', AWAY]);
    assert.equal(folder.code, 5);
    assert.match(folder.stderr, /Cannot connect to .*using only the runs in the data folder$/m);
    assert.deepEqual(withoutTimes(JSON.parse(folder.stdout)), withoutTimes(runs));
    for (const args of [['runs'], ['runs', 'show']]) {
      const neither = await workspace.run([...args, '--database-url', AWAY, '--data-dir', 'elsewhere']);
      assertFailure(neither, { code: 5, message: /Cannot connect to / });
    }
    const ledger = await workspace.json<RunReport[]>(['runs', '--data-dir', 'elsewhere']);
    assert.deepEqual(withoutTimes(ledger), withoutTimes(runs));
  });

  void it('shows the newest run, or a run by its id', async () => {
    const [newest, oldest] = runs;
    const [shown, found] = await Promise.all([
      workspace.run(['runs', 'show']),
      workspace.json<RunReport>(['runs', 'show', oldest?.run_id ?? '']),
    ]);
    assert.match(shown.stdout, new RegExp(`^Run ${newest?.run_id} failed$`, 'm'));
    assert.match(shown.stdout, /^Error: Cannot read rockets from .*text\/html/m);
    assert.deepEqual(withoutTimes([found]), withoutTimes(oldest === undefined ? [] : [oldest]));
    const whole = await workspace.run(['runs', 'show', oldest?.run_id ?? '']);
    assert.match(whole.stdout, /^launches +\d+ +\d+ +0 +0 +0 +0 +0 +\d+ +rocket_id 0$/m);
    assertFailure(await workspace.run(['runs', 'show', 'zzz']), {
      code: 2,
      message: /run zzz/,
      hint: /runs/,
    });
    assertFailure(await workspace.run(['runs', 'show', '0']), {
      code: 2,
      message: /run 0: 2 run ids start or end with it/,
    });
  });
});

void it('every command that accepts a run id also accepts the run’s position and the last characters of its id', async () => {
  const [newest, oldest] = runs.map(({ run_id }) => run_id ?? '');
  const shown = async (...args: readonly string[]): Promise<string | null> =>
    (await workspace.json<RunReport>(['runs', 'show', ...args])).run_id;
  assert.deepEqual(
    await Promise.all(['latest', '-1', '-2', oldest?.slice(-8) ?? ''].map((one) => shown(one))),
    [newest, newest, oldest, oldest],
  );
  const rejects = await workspace.json<Reject[]>(['rejects', 'list', '-2']);
  assert.equal(rejects.length, runs[1]?.resources['launches']?.errored);
  // The newest run has neither checks nor profiles, so these commands name the run that they report on.
  for (const command of ['checks', 'drift']) {
    const { code, stdout, stderr } = await workspace.run([command, '-1']);
    assert.deepEqual([code, stdout.includes(oldest ?? '?')], [0, true], stdout + stderr);
    assertFailure(await workspace.run([command, '-2']), { code: 2, message: /run -2: / });
  }
  const planned = await workspace.run(['plan', '--from', '-2']);
  assert.equal(planned.code, 0, planned.stdout + planned.stderr);
  const mistyped = `${newest?.slice(0, -1)}${newest?.endsWith('0') === true ? '1' : '0'}`;
  assertFailure(await workspace.run(['runs', 'show', mistyped]), {
    code: 2,
    message: new RegExp(`did you mean ${newest}\\?$`),
  });
  assertFailure(await workspace.run(['runs', 'show', '-3']), { code: 2, message: /there are only 2 runs$/ });
});

void it('the error for a mistyped resource, check or command suggests the right name', async () => {
  for (const [args, message] of [
    [['run', '--resources', 'rokets'], /did you mean rockets\?$/],
    [['checks', '--rows', 'dangling_launches_roket_id'], /did you mean dangling_launches_rocket_id\?$/],
    [['rejects', 'shwo'], /unknown command 'shwo' \(Did you mean show\?\)$/],
    [['rejects', '--resource', 'rokets'], /did you mean rockets\?$/],
    [['runs', 'shwo'], /unknown command 'shwo' \(Did you mean show\?\)$/],
  ] as const)
    assertFailure(await workspace.run(args), { code: 2, message });
});

void it('the rejects and migrate commands list by default, and --resource is an alias of --resources', async () => {
  const id = runs[1]?.run_id ?? '';
  const listed = await workspace.run(['rejects', 'list', id]);
  for (const args of [['-2'], [id, '--resource', 'launches'], [id, '--resources', 'launches,rockets']])
    assert.equal((await workspace.run(['rejects', ...args])).stdout, listed.stdout);
  assert.equal(
    (await workspace.run(['migrate'])).stdout,
    (await workspace.run(['migrate', 'status'])).stdout,
  );
  const plural = await workspace.run(['dag', '--resources', 'launches']);
  assert.equal((await workspace.run(['dag', '--resource', 'launches'])).stdout, plural.stdout);
  assert.match(plural.stdout, /launches/);
});

void describe('rejects list', { concurrency: 3 }, () => {
  void it('shows the records that a run set aside, and why', async () => {
    const [, run] = runs;
    const errored = run?.resources['launches']?.errored ?? 0;
    assert.ok(errored > 0);
    const all = await workspace.json<Reject[]>(['rejects', 'list', run?.run_id ?? '']);
    assert.equal(all.length, errored);
    for (const reject of all) {
      assert.deepEqual(Object.keys(reject), ['resource', 'index', 'id', 'errors', 'record']);
      assert.equal(reject.resource, 'launches');
      for (const error of reject.errors)
        assert.deepEqual(Object.keys(error), ['path', 'code', 'message', 'value']);
    }
    const some = await workspace.json<Reject[]>(['rejects', 'list', run?.run_id ?? '', '--limit', '1']);
    assert.deepEqual(some, all.slice(0, 1));
    const { stdout } = await workspace.run(['rejects', 'list', run?.run_id ?? '', '--resource', 'launches']);
    assert.match(stdout, /^resource +index +id +path +code +message$/m);
  });

  void it('reports that a run set no records aside', async () => {
    const { code, stdout } = await workspace.run(['rejects', 'list', '--resource', 'rockets']);
    assert.deepEqual([code, stdout], [0, `Run ${runs[0]?.run_id} did not set aside any records.\n`]);
  });
});

void it('rejects list fails for a run whose folder was deleted', async () => {
  const [, run] = runs;
  const dir = run?.run_dir ?? '';
  renameSync(dir, `${dir}.away`);
  const result = await workspace.run(['rejects', 'list', run?.run_id ?? '']);
  renameSync(`${dir}.away`, dir);
  assertFailure(result, {
    code: 2,
    message: /rejects of run .*folder .*does not exist/,
    hint: /rejects list --status all$/,
  });
});

/** The ledger records the end of a run slightly earlier than the manifest does. */
function withoutTimes(reports: readonly RunReport[]): unknown[] {
  return reports.map(({ finished_at, started_at, ...rest }) => {
    assert.equal(started_at, new Date(started_at ?? '').toISOString());
    return { ...rest, started_at, ended: finished_at !== null };
  });
}
