import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import packageJson from '../../package.json' with { type: 'json' };
import { runCli as runInProcess } from '../../src/cli/program.ts';
import { assertFailure, createWorkspace } from '../support/workspace.ts';

const workspace = createWorkspace();
after(workspace.remove);

const COMMANDS = [
  'run',
  'resume',
  'replay',
  'plan',
  'verify',
  'runs',
  'runs show',
  'runs prune',
  'status',
  'jobs',
  'jobs run',
  'jobs enable',
  'jobs disable',
  'jobs history',
  'serve',
  'init',
  'rejects',
  'rejects list',
  'checks',
  'drift',
  'resources',
  'resources show',
  'resources new',
  'dag',
  'migrate',
  'migrate up',
  'migrate down',
  'migrate status',
  'query',
  'export',
  'db',
  'db serve',
  'jobs',
  'jobs run',
  'jobs enable',
  'jobs disable',
  'jobs history',
  'serve',
  'explain',
  'config',
  'sandbox',
  'sandbox launch-library',
  'completion',
];
const GLOBAL_FLAGS = [
  'config',
  'data-dir',
  'database-url',
  'allow-network-folder',
  'schema',
  'log-level',
  'log-format',
  'json',
  'quiet',
];
const RUN_FLAGS =
  'resources source or-sandbox full migrate atomic batch-size concurrency if-busy wait-timeout on-failure'.split(
    ' ',
  );

/** Help reads no configuration, so it does not need a separate process. */
async function help(command: string): Promise<string> {
  const printed: string[] = [];
  const outcome = await runInProcess([...command.split(' ').filter(Boolean), '--help'], {
    stdout: { write: (text) => printed.push(text) },
    stderr: { write: (text) => assert.fail(text) },
    cwd: workspace.folder,
    signal: AbortSignal.timeout(10_000),
  });
  assert.equal(outcome, null);
  return printed.join('');
}

void describe('help', () => {
  void it('groups the commands by purpose', async () => {
    const text = await help('');
    const groups = text.split(/^(?=[A-Z][a-z ]+:$)/m).map((group) => group.split('\n'));
    const commands = groups.map(([title = '', ...lines]) =>
      [title, ...lines.flatMap((line) => /^ {2}([a-z]+)/.exec(line)?.[1] ?? [])].join(' '),
    );
    assert.deepEqual(commands.slice(2, -1), [
      'Load: run plan',
      'Inspect: status runs checks drift explain tables query export resources dag',
      'Recover: resume replay verify rejects',
      'Operate: serve jobs db',
      'Set up: init config migrate sandbox completion help',
    ]);
  });

  for (const command of COMMANDS) {
    void it(`shows an example and the global flags for ${command}`, async () => {
      const text = await help(command);
      assert.match(text, new RegExp(`^Usage: spacex-pipeline ${command} `));
      assert.match(text, new RegExp(`^Examples?:\n {2}\\$ spacex-pipeline ${command.split(' ')[0]}`, 'm'));
      for (const flag of GLOBAL_FLAGS) assert.match(text, new RegExp(`^ +--${flag} `, 'm'));
    });
  }

  void it('lists the flags of run', async () => {
    const text = await help('run');
    for (const flag of RUN_FLAGS) assert.match(text, new RegExp(`^ +--${flag} `, 'm'));
  });

  void it('explains the sandbox faults', async () => {
    assert.match(
      await help('sandbox'),
      /--revision[^]*states of the same world[^]*reset-body\[=BYTES\][^]*lone-surrogate[^]*--wayback[^]*replayed=CODE/,
    );
  });

  void it('lists the commands on stdout', async () => {
    const { code, stdout, stderr } = await workspace.run(['--help']);
    assert.deepEqual([code, stderr], [0, '']);
    for (const command of COMMANDS.filter((name) => !name.includes(' '))) {
      assert.match(stdout, new RegExp(`^  ${command} .*\\w`, 'm'));
    }
    assert.match(stdout, /^Example:\n {2}\$ spacex-pipeline run/m);
  });
});

void describe('the command line', { concurrency: 3 }, () => {
  void it('prints the version', async () => {
    const stdout = `${packageJson.version}\n`;
    assert.deepEqual(await workspace.run(['--version']), { code: 0, signal: null, stdout, stderr: '' });
  });

  void it('accepts global flags before and after the command', async () => {
    const before = await workspace.run(['--json', '--schema', 'other', 'config']);
    const behind = await workspace.run(['config', '--schema', 'other', '--json']);
    assert.equal(before.code, 0, before.stderr);
    assert.equal(before.stdout, behind.stdout);
    const { value, origin } = JSON.parse(before.stdout)['sources.spacex.schema'];
    assert.deepEqual([value, origin], ['other', 'flag --schema']);
  });

  for (const { args, message, hint = /--help$/ } of [
    { args: ['rnu'], message: /unknown command 'rnu'.*Did you mean run/ },
    { args: ['help', 'nope'], message: /unknown command 'nope'$/ },
    { args: ['migrate', 'foo'], message: /unknown command 'foo'$/ },
    { args: ['run', '--sorce', 'x'], message: /'--sorce'.*Did you mean --source/, hint: /run --help/ },
    { args: ['run', '--batch-size', 'many'], message: /--batch-size.*many.*whole number/ },
    {
      args: ['run', '--source', 'mars'],
      message: /--source "mars": known sources: spacex, launch-library/,
      hint: /--from archive, live, sandbox/,
    },
    {
      args: ['run', '--from', 'archiv'],
      message: /--from "archiv": it is not archive, live, sandbox or/,
      hint: /--from archive/,
    },
    { args: ['run', '--from', 'ftp://x'], message: /--from "ftp:\/\/x": it is not/, hint: /--from/ },
    {
      args: ['plan', '--from', 'archiv'],
      message: /neither an address nor a run id/,
      hint: /archive, live/,
    },
    { args: ['run', '--resources', 'rockets,cakes'], message: /"cakes": the known/, hint: /resources/ },
    { args: ['rejects', 'list', '--resource', 'cakes'], message: /"cakes": the known/, hint: /resources/ },
    {
      args: ['migrate', 'down', '--source', 'spacex'],
      message: /--yes was not given/,
      hint: /migrate down .*--yes/,
    },
    { args: ['sandbox', '--faults', 'flood'], message: /"flood" is not a known/, hint: /sandbox --help/ },
    {
      args: ['sandbox', '--wayback-faults', 'gzip'],
      message: /--wayback-faults: it needs --wayback/,
      hint: /sandbox --help/,
    },
    {
      args: ['sandbox', '--wayback', '--wayback-faults', 'flood'],
      message: /"flood" is not a known/,
      hint: /sandbox --help/,
    },
    {
      args: ['sandbox', 'launch-library', '--wayback'],
      message: /--wayback: only the stand-in for the SpaceX API supports it/,
      hint: /sandbox --help/,
    },
    {
      args: ['sandbox', 'launch-library', '--at', 'yesterday'],
      message: /--at.*yesterday.*a time such as/,
      hint: /sandbox --help/,
    },
    {
      args: ['sandbox', 'launch-library', '--records', 'none.json'],
      message: /the records of none\.json: ENOENT/,
      hint: /Use a JSON array of launches/,
    },
    {
      args: ['sandbox', 'launch-library', '--records', 'package.json', '--launches', '5'],
      message: /the records file determines it/,
      hint: /sandbox --help/,
    },
    { args: ['sandbox', '--port', '99999'], message: /port must be.*99999/, hint: /sandbox --help/ },
  ]) {
    void it(`rejects ${args.join(' ')}`, async () => {
      const result = await workspace.run(args);
      assertFailure(result, { code: 2, message, hint });
      assert.equal(result.stdout, '');
    });
  }

  void it('does not suggest other causes if the error names the cause', async (t) => {
    const own = createWorkspace();
    t.after(own.remove);
    await own.pull(['--source', 'sandbox', '--resources', 'rockets']);
    const query = ['query', 'SELECT 1 / 0', '--data-dir', 'data/sandbox'];
    assertFailure(await own.run(query), {
      code: 5,
      message: /division by zero \(22012\)$/,
      hint: /^hint: Fix what the database rejects, then try again\. The PostgreSQL manual lists error code 22012\.$/,
    });
  });

  void it('prints a stack trace with --log-level debug', async () => {
    const result = await workspace.run(['run', '--source', 'mars', '--log-level', 'debug']);
    assert.equal(result.code, 2);
    assert.match(result.stderr, /^ +at /m);
  });

  for (const args of [
    ['--schema', 'other', '--json', 'run', '--resources', 'cakes'],
    ['run', '--no-such-flag', '--json'],
  ]) {
    void it(`prints a run document for ${args.join(' ')}`, async () => {
      const result = await workspace.run(args);
      assert.equal(result.code, 2, result.stderr);
      const { error, ...report } = JSON.parse(result.stdout);
      assert.deepEqual(report, {
        run_id: null,
        status: 'failed',
        source: null,
        address: null,
        simulated: null,
        run_dir: null,
        job: null,
        started_at: null,
        finished_at: null,
        resources: {},
      });
      assert.deepEqual(Object.keys(error), ['code', 'message', 'hint']);
      assert.equal(error.code, 'usage');
    });
  }
});

void describe('resources', { concurrency: 3 }, () => {
  void it('lists all resources, as a table or as JSON', async () => {
    const { stdout, stderr } = await workspace.run(['resources']);
    assert.match(stdout, /^launches +\/v5\/launches +rockets +9 /m);
    assert.equal(stderr, '');
    const listed = await workspace.json<Record<string, unknown>[]>(['resources']);
    const launches = listed.find(({ name }) => name === 'launches');
    assert.deepEqual(Object.keys(launches ?? {}), [
      'name',
      'description',
      'path',
      'shape',
      'needs',
      'tables',
    ]);
    assert.deepEqual([launches?.['path'], launches?.['needs']], ['/v5/launches', ['rockets']]);
  });

  void it('shows a resource with its tables and contract', async () => {
    const { stdout } = await workspace.run(['resources', 'show', 'launches']);
    assert.match(stdout, /^Endpoint: GET \/v5\/launches\nNeeds: rockets$/m);
    assert.match(stdout, /^rocket_id +text +yes +rockets$/m);
    type Shown = { readonly contract: { readonly type: string; readonly properties: object } };
    const { contract } = await workspace.json<Shown>(['resources', 'show', 'launches']);
    assert.equal(contract.type, 'object');
    assert.ok(Object.hasOwn(contract.properties, 'flight_number'));
  });
});

void it('commands that only read create nothing in a new folder', async (t) => {
  const empty = createWorkspace();
  t.after(empty.remove);
  const runs = await empty.run(['runs']);
  assert.deepEqual([runs.code, runs.stderr], [0, '']);
  assert.match(runs.stdout, /No runs yet/);
  assert.deepEqual(await empty.json(['runs']), []);
  assertFailure(await empty.run(['runs', 'show']), { code: 2, message: /there are no runs yet/ });
  assertFailure(await empty.run(['query', 'SELECT 1']), { code: 5, message: /no database in/, hint: /run/ });
  assert.deepEqual(empty.list(), ['spacex-pipeline.config.json']);
});
