import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import packageJson from '../../package.json' with { type: 'json' };
import { runCli } from '../support/cli.ts';
import { assertFailure, createWorkspace } from '../support/workspace.ts';

const workspace = createWorkspace();
after(workspace.remove);

const COMMANDS = [
  '',
  'run',
  'runs',
  'runs show',
  'rejects',
  'rejects list',
  'resources',
  'resources show',
  'migrate',
  'migrate up',
  'migrate down',
  'migrate status',
  'query',
  'config',
  'sandbox',
];

void describe('help', { concurrency: 3 }, () => {
  for (const command of COMMANDS) {
    void it(`has an example and the global flags: ${command || 'the program itself'}`, async () => {
      const words = command.split(' ').filter((word) => word !== '');
      const { code, stdout, stderr } = await workspace.run([...words, '--help']);
      assert.equal(code, 0);
      assert.equal(stderr, '');
      assert.match(stdout, new RegExp(`^Usage: spacex-pipeline ${command}`));
      assert.match(stdout, /^Examples?:\n {2}\$ spacex-pipeline \w/m);
      for (const flag of ['config', 'data-dir', 'database-url', 'schema', 'log-level', 'log-format']) {
        assert.match(stdout, new RegExp(`--${flag} <`));
      }
      assert.match(stdout, /--json .*\n[^]*--quiet /);
    });
  }

  void it('names every flag of run', async () => {
    const { stdout } = await workspace.run(['help', 'run']);
    const flags = ['resources', 'source', 'or-sandbox', 'full', 'migrate', 'atomic', 'batch-size', 'concurrency'];
    for (const flag of flags) assert.match(stdout, new RegExp(`--${flag} `));
  });

  void it('explains the faults of the sandbox', async () => {
    const { stdout } = await workspace.run(['sandbox', '--help']);
    assert.match(stdout, /reset-body\[=BYTES\]/);
    assert.match(stdout, /lone-surrogate/);
  });
});

void describe('command line', { concurrency: 3 }, () => {
  void it('tells its version', async () => {
    assert.deepEqual(await workspace.run(['--version']), {
      code: 0,
      signal: null,
      stdout: `${packageJson.version}\n`,
      stderr: '',
    });
  });

  void it('takes global flags before and after the command', async () => {
    const before = await workspace.run(['--json', '--schema', 'other', 'config']);
    const behind = await workspace.run(['config', '--schema', 'other', '--json']);
    assert.equal(before.code, 0, before.stderr);
    assert.equal(before.stdout, behind.stdout);
    const { value, origin } = JSON.parse(before.stdout)['database.schema'];
    assert.deepEqual([value, origin], ['other', 'flag --schema']);
  });

  for (const { args, message } of [
    { args: [], message: /no command is given/ },
    { args: ['rnu'], message: /unknown command 'rnu'.*Did you mean run/ },
    { args: ['run', '--sorce', 'x'], message: /unknown option '--sorce'.*Did you mean --source/ },
    { args: ['run', '--batch-size', 'many'], message: /--batch-size.*many.*whole number/ },
    { args: ['run', '--source', 'mars'], message: /--source "mars".*neither live, sandbox nor/ },
    { args: ['run', '--resources', 'rockets,cakes'], message: /"cakes": known are rockets, launches/ },
    { args: ['run', '--source'], message: /--source.*argument missing/ },
    { args: ['resources', 'show', 'cakes'], message: /"cakes": known are rockets, launches/ },
    { args: ['rejects', 'list', '--resource', 'cakes'], message: /"cakes": known are rockets, launches/ },
    { args: ['migrate'], message: /no command is given/ },
    { args: ['migrate', 'down'], message: /--yes/ },
    { args: ['runs', 'show', '0'], message: /run 0: / },
    { args: ['sandbox', '--faults', 'flood'], message: /"flood" names no fault/ },
    { args: ['sandbox', '--port', '99999'], message: /port must be.*99999/ },
    { args: ['config', '--log-level', 'loud'], message: /--log-level.*loud/ },
  ]) {
    void it(`refuses: ${args.join(' ') || 'nothing'}`, async () => {
      assertFailure(await workspace.run(args), { code: 2, message });
    });
  }

  void it('shows stacks with --log-level debug alone', async () => {
    const result = await workspace.run(['run', '--source', 'mars', '--log-level', 'debug']);
    assert.equal(result.code, 2);
    assert.match(result.stderr, /^\s+at /m);
  });

  void it('gives the document of a run for a usage error, whatever stands before the command', async () => {
    for (const args of [
      ['run', '--json', '--resources', 'cakes'],
      ['--schema', 'other', '--json', 'run', '--resources', 'cakes'],
      ['run', '--json', '--no-such-flag'],
    ]) {
      const result = await workspace.run(args);
      assert.equal(result.code, 2, result.stderr);
      const { error, ...report } = JSON.parse(result.stdout);
      assert.deepEqual(report, {
        run_id: null,
        status: 'failed',
        source: null,
        simulated: null,
        run_dir: null,
        started_at: null,
        finished_at: null,
        resources: {},
      });
      assert.deepEqual(Object.keys(error), ['code', 'message', 'hint']);
      assert.equal(error.code, 'usage');
    }
  });
});

void describe('resources', { concurrency: 3 }, () => {
  void it('lists them, as a table and as JSON', async () => {
    const { stdout, stderr } = await workspace.run(['resources']);
    assert.match(stdout, /^launches +\/v5\/launches +rockets +launches /m);
    assert.equal(stderr, '');
    const [rockets, launches] = await workspace.json<Record<string, unknown>[]>(['resources']);
    assert.deepEqual(Object.keys(rockets ?? {}), ['name', 'description', 'path', 'shape', 'needs', 'tables']);
    assert.equal(launches?.['path'], '/v5/launches');
    assert.deepEqual(launches?.['needs'], ['rockets']);
  });

  void it('shows one with its tables and its contract', async () => {
    const { stdout } = await workspace.run(['resources', 'show', 'launches']);
    assert.match(stdout, /^Endpoint: GET \/v5\/launches$/m);
    assert.match(stdout, /^Needs: rockets$/m);
    assert.match(stdout, /^rocket_id +text +yes +rockets$/m);
    const shown = await workspace.json<Record<string, never>>(['resources', 'show', 'launches']);
    assert.equal(shown['contract']?.['type'], 'object');
    assert.ok(Object.hasOwn(shown['contract']?.['properties'] ?? {}, 'flight_number'));
  });
});

void describe('a command that has nothing to work on yet', { concurrency: 3 }, () => {
  void it('says so', async () => {
    const empty = createWorkspace();
    const runs = await empty.run(['runs']);
    assert.deepEqual([runs.code, runs.stderr], [0, '']);
    assert.match(runs.stdout, /No runs yet/);
    assert.deepEqual(await empty.json(['runs']), []);
    assertFailure(await empty.run(['runs', 'show']), { code: 2, message: /there is none yet/ });
    assertFailure(await empty.run(['query', 'SELECT 1']), { code: 5, message: /no database in/, hint: /run/ });
    assert.deepEqual(empty.list(), ['spacex-pipeline.config.json']);
    empty.remove();
  });

  void it('runs where the current folder cannot be found in the configuration', async () => {
    const missing = await runCli(['config', '--config', 'none.json'], { cwd: workspace.folder });
    assertFailure(missing, { code: 2, message: /none\.json: there is no such file/ });
  });
});
