import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';

import type { Profile } from '../../src/core/profile.ts';
import type { RunReport } from '../../src/core/run.ts';
import spacex from '../../src/sources/spacex/source.ts';
import { NOT_RECORDED, recordedBody } from '../suites/recorded.ts';
import { LAUNCHES, ROCKETS, sandboxReplies, startApi, type Api } from '../support/api.ts';
import { cliEnvironment, type CliResult } from '../support/cli.ts';
import {
  assertFailure,
  createTestServer,
  createWorkspace,
  readJson,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';
import type { DriftReport } from '../../src/output/records.ts';

const { resources: pulled } = spacex;

type Launch = Record<string, unknown> & { readonly cores: readonly Record<string, unknown>[] };
type Pulled = CliResult & { readonly report: RunReport; readonly drift: string | undefined };

let server: TestServer;
let api: Api;
before(async () => {
  server = await createTestServer();
  api = await startApi(await sandboxReplies({ launches: 100 }), { simulated: true });
});
after(async () => {
  await api.close();
  await server.close();
});

function serve(change: (launch: Launch, index: number) => unknown): void {
  api.set(LAUNCHES, { body: JSON.stringify(launches.map(change)) });
}

function mostlyNull(launch: Launch, index: number): Launch {
  return { ...launch, launch_library_id: index < 80 ? null : 'x' };
}

let launches: Launch[];
let workspace: ServerWorkspace;

/** Runs a pull with text output, and returns the output together with the run's document. */
async function pull(): Promise<Pulled> {
  const result = await workspace.run(['run', '--migrate', '--source', api.url]);
  const report = await workspace.json<RunReport>(['runs', 'show']);
  return { ...result, report, drift: /^Drift: .*$/m.exec(result.stdout)?.[0] };
}

function moved(report: DriftReport, resource = 'launches'): unknown[] {
  const { moved: all } = report.resources[resource] ?? assert.fail(resource);
  return all.map(({ kind, path, found, count, before: was, now }) => [kind, path, found, count, was, now]);
}

const NEW = [
  ['new_value', '/date_precision', 'week', 2, null, null],
  ['new_type', '/details', 'integer', 1, null, null],
  ['unknown_field', '/cores/*/speed', 'number', 100, null, null],
  ['unknown_field', '/weather', 'object', 98, null, null],
];

void describe('drift', { concurrency: 1 }, () => {
  const runs: RunReport[] = [];

  before(async () => {
    workspace = server.workspace();
    launches = JSON.parse((await sandboxReplies({ launches: 100 }))[LAUNCHES].body.toString());
  });

  void it('is empty for records that match the contract', async () => {
    serve((launch) => launch);
    const { code, drift, report, stderr } = await pull();
    runs.push(report);
    assert.deepEqual([code, drift], [0, undefined], stderr);
    const { run_id, resources } = await workspace.json<DriftReport>(['drift']);
    assert.equal(run_id, report.run_id);
    assert.deepEqual(resources['launches'], { against: null, records: 100, untold: 0, moved: [] });
    assert.deepEqual(resources['rockets'], { against: null, records: 4, untold: 0, moved: [] });
    const { stdout } = await workspace.run(['drift']);
    assert.equal(
      stdout,
      `Run ${run_id}\nlaunches: 100 records compared with the contract only: nothing changed\nrockets: 4 records compared with the contract only: nothing changed\n`,
    );
  });

  void it('is printed at the end of a run that received something new, with a command that shows the details', async () => {
    serve((launch, index) => ({
      ...launch,
      ...(index < 2 && { date_precision: 'week' }),
      ...(index === 2 && { details: 7 }),
      ...(index >= 2 && { weather: { wind: 3 } }),
      cores: launch.cores.map((core) => ({ ...core, speed: 0.5 })),
    }));
    const { code, drift, report, stderr, stdout } = await pull();
    runs.push(report);
    assert.equal(code, 0, stderr);
    assert.match(drift ?? stdout, /^Drift: launches 2 unknown fields, 1 new type, 1 new value\. Details: \S/);
    assert.ok(drift?.endsWith(` drift ${report.run_id}`), drift);
    const shell = spawnSync('/bin/sh', ['-c', drift?.split('Details: ')[1] ?? ''], {
      cwd: workspace.folder,
      env: cliEnvironment(),
      encoding: 'utf8',
    });
    assert.deepEqual([shell.status, shell.stderr], [0, '']);
    assert.match(
      shell.stdout,
      new RegExp(`^launches: 100 records compared with run ${runs[0]?.run_id}: 4 changes$`, 'm'),
    );
    assert.match(shell.stdout, /^resource +what +path +found +count +before +now\n[─ ]+\nlaunches +new/m);
    assert.match(shell.stdout, /^launches +new value +\/date_precision +week +2$/m);
    assert.deepEqual(moved(await workspace.json<DriftReport>(['drift'])), NEW);
  });

  void it('is empty when the same records arrive again, but --contract still shows what the contract does not cover', async () => {
    const { code, drift, report, stderr } = await pull();
    runs.push(report);
    assert.deepEqual([code, drift], [0, undefined], stderr);
    const again = await workspace.json<DriftReport>(['drift']);
    assert.deepEqual([moved(again), again.resources['launches']?.against], [[], runs[1]?.run_id]);
    assert.deepEqual(moved(await workspace.json<DriftReport>(['drift', '--contract'])), NEW);
    const older = await workspace.json<DriftReport>(['drift', runs[1]?.run_id ?? '']);
    assert.deepEqual(moved(older), NEW);
  });

  void it('is printed at the end of a run if fields disappeared, but not if only shares changed', async () => {
    serve(mostlyNull);
    const nulls = launches.filter(({ launch_library_id: id }) => id === null).length;
    const { code, drift, report, stderr } = await pull();
    runs.push(report);
    assert.equal(code, 0, stderr);
    assert.match(drift ?? '', /^Drift: launches 2 gone fields\. Details: /);
    assert.deepEqual(moved(await workspace.json<DriftReport>(['drift'])), [
      ['nulls', '/launch_library_id', null, 80, nulls / 100, 0.8],
      ['absent', '/cores/*/speed', null, launches.flatMap(({ cores }) => cores).length, 0, 1],
      ['absent', '/weather', null, 100, 0.02, 1],
    ]);
    const { stdout } = await workspace.run(['drift']);
    assert.match(stdout, /^launches +absent +\/weather +100 +2% +100%$/m);
  });

  void it('is printed even if the run fails because of too many rejects', async () => {
    serve((launch, index) => ({ ...mostlyNull(launch, index), date_precision: 'decade' }));
    const { code, drift, report, stdout } = await pull();
    runs.push(report);
    assert.equal(code, 4);
    assert.match(drift ?? stdout, /^Drift: launches 1 new value\. Details: /);
    assert.deepEqual(moved(await workspace.json<DriftReport>(['drift'])), [
      ['new_value', '/date_precision', 'decade', 100, null, null],
    ]);
  });

  void it('skips runs that did not read any resource completely, and fails if you name such a run', async () => {
    api.set(LAUNCHES, { body: '[{"id":"cut' });
    api.set(ROCKETS, { body: '[{"id":"cut' });
    const { report } = await pull();
    const { run_id } = await workspace.json<DriftReport>(['drift']);
    assert.equal(run_id, runs.at(-1)?.run_id);
    assertFailure(await workspace.run(['drift', report.run_id ?? '']), {
      code: 2,
      message: /drift of run .*there is no profile in its folder/,
    });
  });

  void it('needs only profiles, and compares with an older run if the previous profiles are missing', async () => {
    const [, second, third, fourth] = runs;
    rmSync(`${third?.run_dir}/profile`, { recursive: true });
    for (const stage of ['raw', 'validated', 'intermediate']) {
      rmSync(`${fourth?.run_dir}/${stage}`, { recursive: true });
    }
    const { resources } = await workspace.json<DriftReport>(['drift', fourth?.run_id ?? '']);
    assert.equal(resources['launches']?.against, second?.run_id);
    const { records, fields } = readJson<Profile>(fourth?.run_dir ?? '', 'profile', 'launches.json');
    assert.equal(records, 100);
    assert.deepEqual(
      fields.find(({ path }) => path === '/name'),
      {
        path: '/name',
        contract: ['string'],
        types: { string: 100 },
        absent: 0,
        records: null,
        values: [],
        other_values: 0,
      },
    );
  });

  void it('fails if there is no such run, or if several runs match', async () => {
    const empty = createWorkspace({});
    const [none, unknown, several] = await Promise.all([
      empty.run(['drift']),
      workspace.run(['drift', 'zzz']),
      workspace.run(['drift', '0']),
    ]);
    empty.remove();
    assertFailure(none, {
      code: 2,
      message: /no run in \S+ has a profile/,
      hint: /spacex-pipeline run/,
    });
    assertFailure(unknown, { code: 2, message: /run zzz: no folder name in /, hint: /--data-dir/ });
    assertFailure(several, { code: 2, message: /run 0: 6 folder names / });
  });
});

void it('drift exits 10 after any change with --fail-on any, but only if something is new with --fail-on new', async () => {
  const own = server.workspace();
  api.set(ROCKETS, (await sandboxReplies())[ROCKETS]);
  const codes = async (): Promise<unknown[]> => {
    const run = await own.run(['run', '--migrate', '--source', api.url, '--resources', 'launches']);
    assert.equal(run.code, 0, run.stderr);
    const all = [[], ['--fail-on', 'any'], ['--fail-on', 'new']].map((flags) => own.run(['drift', ...flags]));
    return (await Promise.all(all)).map(({ code }) => code);
  };
  const known = (launch: Launch, index: number): Launch => ({
    ...launch,
    launch_library_id: index < 40 ? null : 'x',
  });
  serve(known);
  assert.deepEqual(await codes(), [0, 0, 0], 'no changes');
  serve(mostlyNull);
  assert.deepEqual(await codes(), [0, 10, 0], 'a changed share');
  serve((launch, index) => ({ ...mostlyNull(launch, index), weather: 'fair' }));
  assert.deepEqual(await codes(), [0, 10, 10], 'an unknown field');
});

/** Fields in the API's own schema that no recorded response contains. */
const NEVER_SEEN = [['capsules', ['absent', '/dragon', null, 25, null, 1]]];

/** The recorded records, with changes to the first one. */
function recordedWith(name: string, change: Readonly<Record<string, unknown>>): string {
  const [first, ...others]: Record<string, unknown>[] = JSON.parse(recordedBody(name));
  return JSON.stringify([{ ...first, ...change }, ...others]);
}

void describe('drift of recorded data', { skip: NOT_RECORDED }, () => {
  void it('contains nothing after the first pull except fields that never appeared, and is empty after identical pulls', async (t) => {
    const bodies = pulled.map(({ name, path }) => [path, { body: recordedBody(name) }] as const);
    const recorded = await startApi(Object.fromEntries(bodies));
    t.after(recorded.close);
    const own = server.workspace({ resources: null });
    const names = pulled.map(({ name }) => name).sort();
    for (const flags of [['--migrate'], [], ['--full']]) {
      const { code, stderr } = await own.pull(['--source', recorded.url, ...flags]);
      assert.equal(code, 0, stderr);
      const report = await own.json<DriftReport>(['drift']);
      assert.deepEqual(Object.keys(report.resources).sort(), names);
      const isFirst = flags.includes('--migrate');
      assert.ok(Object.values(report.resources).every(({ against }) => (against === null) === isFirst));
      assert.deepEqual(
        names.flatMap((name) => moved(report, name).map((one) => [name, one])),
        isFirst ? NEVER_SEEN : [],
      );
    }
  });

  void it('reports the first value and the first null of a field once, even in a single record', async (t) => {
    const names = ['capsules', 'rockets'];
    const bodies = pulled.map(({ name, path }) => [path, { body: recordedBody(name) }] as const);
    const recorded = await startApi(Object.fromEntries(bodies));
    t.after(recorded.close);
    const own = server.workspace({ resources: names });
    const change = (name: string, fields: Readonly<Record<string, unknown>>): void => {
      const { path } = pulled.find((one) => one.name === name) ?? assert.fail(name);
      recorded.set(path, { body: recordedWith(name, fields) });
    };
    const told = async (): Promise<unknown[]> => {
      const { code, stderr, stdout } = await own.run(['run', '--migrate', '--source', recorded.url]);
      assert.equal(code, 0, stderr);
      const report = await own.json<DriftReport>(['drift']);
      const line = /^Drift: (.*)\. Details: /m.exec(stdout)?.[1];
      return [line, ...names.map((name) => moved(report, name))];
    };
    await told();
    change('capsules', { dragon: '5e9d058759b1ff74a7ad5f8f' });
    change('rockets', { description: null });
    assert.deepEqual(await told(), [
      'capsules 1 first appearance; rockets 1 first null',
      [['absent', '/dragon', null, 24, 1, 0.96]],
      [['nulls', '/description', null, 1, 0, 0.25]],
    ]);
    change('rockets', { description: null, name: 'the same shape' });
    assert.deepEqual(await told(), [undefined, [], []]);
    change('capsules', {});
    change('rockets', {});
    assert.deepEqual(await told(), ['capsules 1 gone field', [['absent', '/dragon', null, 25, 0.96, 1]], []]);
  });
});
