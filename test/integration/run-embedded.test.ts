import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { after, before, describe, it } from 'node:test';

import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts';
import spacex from '../../src/sources/spacex/source.ts';
import { createGate, LAUNCHES, sandboxReplies, startApi, type Api } from '../support/api.ts';
import { cliEnvironment } from '../support/cli.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import { assertFailure, createWorkspace, readText, type Workspace } from '../support/workspace.ts';

const all = spacex.resources.length;
const COUNT = 'SELECT count(*) AS launches FROM launches';

void describe('the embedded database', { concurrency: 2 }, () => {
  void describe('with run --or-sandbox in an empty folder', { concurrency: 1 }, () => {
    const workspace = createWorkspace(null);
    after(workspace.remove);

    void it('explains why it falls back, and reports the result', async () => {
      const { code, stdout, stderr } = await workspace.run(['run', '--or-sandbox', '--verbose']);
      assert.equal(code, 0, stderr);
      const told = stderr.split('\n').filter((line) => line.includes('warn'));
      assert.equal(told.length, 1);
      assert.match(
        told[0] ?? '',
        /Cannot use https:\/\/web\.archive\.org\/\S+: .*ENOTFOUND.*built-in sandbox API.*simulated\.$/,
      );
      assert.match(
        stdout,
        /^resource +status +received +validated +errored +inserted +updated +unchanged +deleted +held +seconds$/m,
      );
      assert.match(stdout, /^launches +succeeded +205 +205 +0 +205 +0 +0 +0 +0 +\d+(?:\.\d)?$/m);
      assert.match(stdout, /^Run \S+ succeeded \(sandbox: simulated records\)$/m);
      assert.match(stdout, new RegExp(`^Folder: ${workspace.folder}/data/sandbox/runs/[0-9a-f-]{36}$`, 'm'));
      assert.ok(!workspace.list().includes('data/runs'), 'nothing outside the sandbox folder');
      assert.match(
        stdout,
        /\nNext \(what flies next\): \S+spacex-pipeline run --source launch-library --or-sandbox$/m,
      );
    });

    void it('prints a query that can be pasted, and receives 304 for everything in a second run', async () => {
      const { code, stdout, stderr } = await workspace.run(['run', '--or-sandbox']);
      assert.equal(code, 0, stderr);
      assert.match(
        stdout,
        new RegExp(
          `^✓ ${all} of ${all} resources, \\d+ records in .* · SIMULATED, from sandbox · everything is unchanged$`,
          'm',
        ),
      );
      assert.match(stderr, /launches: not modified since run/);
      const pasted = /^Query: (?<command>.*)$/m.exec(stdout)?.groups?.['command'] ?? assert.fail(stdout);
      const shell = spawnSync('/bin/sh', ['-c', pasted], {
        cwd: workspace.folder,
        env: cliEnvironment(),
        encoding: 'utf8',
      });
      assert.deepEqual([shell.status, shell.stderr], [0, '']);
      assert.match(shell.stdout, /^rocket_name +launches +succeeded\n[─ ]+\nHeron/);
    });

    void it('reads the simulated records if there are no real ones, and prints a note about it', async () => {
      for (const args of [['runs'], ['rejects', 'list'], ['query', COUNT]]) {
        const { code, stderr } = await workspace.run(args);
        assert.equal(code, 0, stderr);
        assert.match(stderr, /^note: Reading the simulated records in data\/sandbox: /);
      }
    });

    void it('rejects real records in the folder of simulated records', async () => {
      const api = await startApi(await sandboxReplies());
      const old = rawFiles(workspace);
      const contents = readText(workspace.folder, 'data/sandbox/contents.json');
      const refused = await workspace.run(['run', '--source', api.url, '--data-dir', 'data/sandbox']);
      await api.close();
      assertFailure(refused, {
        code: 2,
        message: /real records in data folder.*simulated records/,
        hint: /--data-dir/,
      });
      assert.deepEqual(rawFiles(workspace), old);
      assert.equal(readText(workspace.folder, 'data/sandbox/contents.json'), contents);
    });
  });

  void describe('with real records', { concurrency: 1 }, () => {
    let workspace: Workspace;
    let api: Api;
    let sandbox: Sandbox;
    before(async () => {
      workspace = await withEmbedded(createWorkspace());
      const replies = await sandboxReplies({ launches: 50, seed: 4 });
      [api, sandbox] = await Promise.all([startApi(replies), startSandbox({ launches: 50, seed: 4 })]);
      const { code, stderr } = await workspace.run(['run', '--source', api.url]);
      assert.equal(code, 0, stderr);
    });
    after(async () => {
      await Promise.all([api.close(), sandbox.close()]);
      workspace.remove();
    });

    void it('rejects simulated records', async () => {
      const old = rawFiles(workspace);
      const refused = await workspace.run(['run', '--source', sandbox.url]);
      assertFailure(refused, { code: 2, message: /simulated records in data folder.*real records/ });
      assert.deepEqual(rawFiles(workspace), old);
      // The schema also stores the kind of its records, in case the folder's marker is lost.
      assert.deepEqual(await workspace.json(['query', 'SELECT simulated FROM spacex_pipeline.contents']), [
        { simulated: false },
      ]);
    });

    const away = 'http://127.0.0.1:1';
    for (const { name, args, env } of [
      { name: 'without --or-sandbox', args: ['--from', 'archive'], env: {} },
      { name: 'with --source URL', args: ['--or-sandbox', '--source', away], env: {} },
      {
        name: 'with a base URL in the environment',
        args: ['--or-sandbox'],
        env: { SPACEX_API_BASE_URL: away },
      },
    ]) {
      void it(`does not fall back ${name}`, async () => {
        const result = await workspace.run(['run', ...args], env);
        const message = /Cannot get .*rockets: .*(?:ENOTFOUND|ECONNREFUSED).*\(3 attempts\)/;
        assertFailure(result, { code: 3, message });
        assert.doesNotMatch(result.stderr, /built-in sandbox/);
        assert.equal(
          /--or-sandbox has no effect: an address/.test(result.stderr),
          args.includes('--or-sandbox'),
        );
        assert.ok(!workspace.list().includes('data/sandbox'));
      });
    }

    void it('does not fall back if a server is configured', async () => {
      const url = 'postgres://nobody@127.0.0.1:1/none';
      const result = await workspace.run(['run', '--or-sandbox', '--database-url', url]);
      assertFailure(result, { code: 5, message: /Cannot connect to postgres.*ECONNREFUSED/ });
    });

    void it('is busy while a run uses it, and names the run', async () => {
      const { body } = (await sandboxReplies({ launches: 49, seed: 4 }))[LAUNCHES];
      const gate = createGate(70_000);
      api.set(LAUNCHES, { body, gate });
      const running = workspace.start(['run', '--source', api.url]);
      await Promise.race([gate.reached, running.finished]);
      const started = performance.now();
      const timed = async (args: readonly string[]) => {
        const result = await workspace.run(args);
        return { ...result, seconds: (performance.now() - started) / 1000 };
      };
      const [run, query, runs] = await Promise.all([
        timed(['run', '--source', api.url]),
        timed(['query', COUNT]),
        timed(['runs']),
      ]);
      const holder = new RegExp(`run on host ${hostname()}, pid ${running.pid}, since \\d{4}-\\d\\d-\\d\\dT`);
      for (const result of [run, query, runs])
        assertFailure(result, { code: 7, message: holder, hint: /Wait/ });
      assert.ok(run.seconds < 4.9, 'a run does not wait');
      assert.ok(query.seconds >= 5 && runs.seconds >= 5, 'query and runs wait 5 s');
      // A query that is still waiting is answered when the run ends.
      const waiting = workspace.json<unknown>(['query', COUNT]);
      gate.open();
      const { code, stderr } = await running.finished;
      assert.equal(code, 0, stderr);
      assert.deepEqual(await waiting, [{ launches: 49 }]);
    });
  });
});

function rawFiles(workspace: Workspace): string[] {
  return workspace.list().filter((name) => /raw\/\w+\/\d+\.json$/.test(name));
}
