import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { Client } from 'pg';

import { startSandbox } from '../../src/sandbox/server.ts';
import type { RunningCli } from '../support/cli.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import { assertFailure, createWorkspace, type Workspace } from '../support/workspace.ts';

let workspace: Workspace;
let api: Awaited<ReturnType<typeof startSandbox>>;
before(async () => {
  workspace = createWorkspace();
  api = await startSandbox({ launches: 12 });
});
after(async () => {
  await api.close();
  workspace.remove();
});

const noPsql = spawnSync('psql', ['--version']).error !== undefined && 'psql is not installed';

void describe('db serve', () => {
  void it('fails if there is no database to serve, or if a server is configured', async () => {
    assertFailure(await workspace.run(['db', 'serve']), {
      code: 5,
      message: /Cannot serve the database: there is no database in/,
      hint: /spacex-pipeline run/,
    });
    const url = 'postgresql://me:secret@db.example/warehouse';
    const result = await workspace.run(['db', 'serve', '--database-url', url]);
    assertFailure(result, { code: 2, message: /db\.example\/warehouse: it is already a server/ });
    assert.doesNotMatch(result.stderr, /secret/);
  });

  void describe('on the embedded database', () => {
    let serving: RunningCli;
    let url: string;
    let psql: string;
    before(async () => {
      await withEmbedded(workspace);
      const { code, stderr } = await workspace.pull(['--source', api.url]);
      assert.equal(code, 0, stderr);
      serving = workspace.start(['db', 'serve', '--json']);
      ({ url, psql } = JSON.parse(await serving.output(/^(\{[^]*\})$/m)));
    });

    void it('serves an application’s PostgreSQL client', async () => {
      const client = new Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query('SELECT count(*)::int AS n FROM launches');
      assert.deepEqual(rows, [{ n: 12 }]);
      const runs = await client.query('SELECT status FROM runs WHERE simulated = $1', [true]);
      assert.deepEqual(runs.rows, [{ status: 'succeeded' }]);
      await client.end();
    });

    void it('serves psql, which describes a table and copies rows', { skip: noPsql }, async () => {
      const printed = await promisify(execFile)('sh', ['-c', psql]);
      assert.match(printed.stdout, /Heron 9 \(simulated\)[^]*\(4 rows\)/);
      const commands = ['\\d rockets', 'COPY (SELECT count(*) FROM launches) TO STDOUT'];
      const { stdout } = await promisify(execFile)('psql', [url, ...commands.flatMap((one) => ['-c', one])]);
      assert.match(stdout, /Table "spacex\.rockets"[^]*^ name +\| text[^]*^12$/m);
    });

    void it('serves commands that read, while the error of a run names the process that is using the database', async () => {
      const sql = 'SELECT count(*) AS n FROM launches';
      assert.deepEqual(await workspace.json(['query', sql]), [{ n: 12 }]);
      const message = new RegExp(`another process is using it \\(db serve on host .*, pid ${serving.pid}`);
      for (const args of [
        ['run', '--source', api.url],
        ['query', '--write', sql],
      ])
        assertFailure(await workspace.run(args), { code: 7, message });
    });

    void it('stops after Ctrl-C, and releases the database', async () => {
      const client = new Client({ connectionString: url });
      client.on('error', () => undefined);
      await client.connect();
      await client.query('BEGIN');
      serving.kill('SIGINT');
      const { code, stderr } = await serving.finished;
      assert.deepEqual([code, stderr], [0, '']);
      await client.end();
      assert.deepEqual(await workspace.json(['query', 'SELECT count(*) AS n FROM launches']), [{ n: 12 }]);
    });
  });
});
