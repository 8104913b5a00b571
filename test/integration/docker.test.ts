import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { Client } from 'pg';

import { createGate, ROCKETS, sandboxReplies, startApi } from '../support/api.ts';
import { cliEnvironment, LAUNCHER, REPOSITORY } from '../support/cli.ts';
import { listen } from '../support/web.ts';
import { createTestServer, createWorkspace, type TestServer, type Workspace } from '../support/workspace.ts';

const DOCKERFILE = readFileSync(path.join(REPOSITORY, 'Dockerfile'), 'utf8').replaceAll(/\\\n\s*/g, '');
const [, SECONDS, HEALTH = assert.fail('no health check')] =
  /^HEALTHCHECK .*--timeout=(\d+)s .*?CMD (.*)$/m.exec(DOCKERFILE) ?? [];

let server: TestServer;
let bin: string;
before(async () => {
  server = await createTestServer();
  bin = mkdtempSync(path.join(tmpdir(), 'test-bin-'));
  symlinkSync(LAUNCHER, path.join(bin, 'spacex-pipeline'));
});
after(async () => {
  await server.close();
  rmSync(bin, { recursive: true });
});

/**
 * Runs the check the way the container engine does: in a shell, in the working directory, and with the
 * container's environment.
 */
async function health(
  { folder }: Workspace,
  env: Readonly<Record<string, string>> = {},
): Promise<number | null> {
  const PATH = [bin, path.dirname(process.execPath), process.env['PATH']].join(path.delimiter);
  const shell = spawn('/bin/sh', ['-c', HEALTH], {
    cwd: folder,
    env: cliEnvironment({ PATH, ...env }),
    stdio: 'ignore',
    timeout: Number(SECONDS) * 1000,
  });
  const [code]: readonly (number | null)[] = await once(shell, 'exit');
  return code ?? null;
}

void describe('the image’s health check', () => {
  void it('passes if the server responds, even if nothing is migrated or tables are locked', async (t) => {
    const { [ROCKETS]: rockets } = await sandboxReplies();
    const gate = createGate(10);
    const api = await startApi({ [ROCKETS]: { ...rockets, gate } }, { simulated: true });
    const workspace = server.workspace({ resources: ['rockets'] });
    const client = new Client({ connectionString: server.url });
    await client.connect();
    t.after(() => Promise.all([client.end(), api.close()]));
    assert.equal(await health(workspace), 0, 'nothing is migrated');
    const run = workspace.start(['run', '--migrate', '--source', api.url]);
    await gate.reached;
    assert.equal(await health(workspace), 0, 'a run has locked the schema');
    gate.open();
    assert.equal((await run.finished).code, 0);
    await client.query(`BEGIN; LOCK TABLE ${workspace.schema}_pipeline.runs`);
    assert.equal(await health(workspace), 0, 'a migration has locked the ledger');
  });

  void it('fails if the database is unavailable', async (t) => {
    const workspace = createWorkspace();
    t.after(workspace.remove);
    const away = createServer();
    const port = await listen(away);
    away.close();
    assert.equal(
      await health(workspace, { PGHOST: '127.0.0.1', PGPORT: String(port) }),
      1,
      'the server is down',
    );
    const refusing = new URL('/nowhere', server.url).href;
    assert.equal(await health(workspace, { DATABASE_URL: refusing }), 1, 'the database does not exist');
    assert.equal(await health(workspace, { DATABASE_URL: server.url }), 0, 'the server is up');
    workspace.configure({ unknown: 1 });
    assert.equal(await health(workspace, { DATABASE_URL: server.url }), 1, 'the configuration is invalid');
  });

  void it('does not open the embedded database, because that would block runs', async (t) => {
    const workspace = createWorkspace();
    t.after(workspace.remove);
    const { list } = workspace;
    const files = list();
    assert.equal(await health(workspace), 0, 'there is no database yet');
    assert.deepEqual(list(), files);
    const database = path.join(workspace.folder, 'data', 'database');
    mkdirSync(database, { recursive: true });
    assert.equal(await health(workspace), 0);
    assert.deepEqual(readdirSync(database), []);
  });
});
