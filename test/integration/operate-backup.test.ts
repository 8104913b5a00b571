import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import {
  type LAUNCHES,
  type ROCKETS,
  sandboxReplies,
  startApi,
  type Api,
  type Reply,
} from '../support/api.ts';
import { cliEnvironment, LAUNCHER } from '../support/cli.ts';
import {
  documentedUrl,
  grantDocumentedRights,
  makeDocumentedDatabase,
  makeDocumentedRoles,
  type DocumentedRole,
} from '../support/documented-roles.ts';
import { connected } from '../support/loaded.ts';
import { blocksBelow, readPage } from '../support/markdown.ts';
import { findPgDump, type PgDump } from '../support/pg-dump.ts';
import { startPostgres, type PostgresServer } from '../support/postgres.ts';
import { createWorkspace, QUICK_SOURCE, type Workspace } from '../support/workspace.ts';

/** The commands from docs/operate.md, unchanged except for the folder. */
const [BACK_UP, RESTORE = '', COPY = ''] = blocksBelow(
  readPage('docs', 'operate.md'),
  'sh',
  '7. Back up and restore',
);
const STATED = '/var/lib/spacex-pipeline';
const FOUND = findPgDump();

let replies: { readonly [ROCKETS]: Reply; readonly [LAUNCHES]: Reply };
let api: Api;
before(async () => {
  replies = await sandboxReplies({ launches: 50 });
  api = await startApi(replies);
});
after(() => api.close());

/** Runs a block with bash, asynchronously because this process serves the API, and returns its output. */
async function runBlock(
  folder: string,
  block: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const options = { cwd: folder, env: cliEnvironment(env) };
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', block], options);
  return stdout;
}

async function assertNothingIsRequestedAgain(run: () => Promise<string>): Promise<void> {
  const made = api.requests.length;
  assert.match(await run(), /everything is unchanged/);
  const statuses = api.requests.slice(made).map(({ status }) => status);
  assert.deepEqual([...new Set(statuses)], [304]);
}

void describe(
  'a backup of a server and its data folder',
  { skip: typeof FOUND === 'string' && FOUND },
  () => {
    const { env, programs } = FOUND as PgDump;
    let server: PostgresServer;
    let workspace: Workspace;
    let bin: string;
    before(async () => {
      server = await startPostgres(programs === null ? {} : { programs });
      await makeDocumentedRoles(server.url);
      bin = mkdtempSync(path.join(tmpdir(), 'test-bin-'));
      symlinkSync(LAUNCHER, path.join(bin, 'spacex-pipeline'));
      workspace = createWorkspace({ source: { ...QUICK_SOURCE, baseUrl: api.url } });
    });
    after(async () => {
      rmSync(bin, { recursive: true });
      workspace.remove();
      await server.remove();
    });

    function shell(block: string, folder: string): Promise<string> {
      assert.ok(block.includes(`DATA=${STATED}\n`));
      return runBlock(workspace.folder, block.replace(STATED, folder), {
        ...env,
        PATH: [bin, path.dirname(process.execPath), env.PATH].join(path.delimiter),
        SPACEX_PIPELINE_DATABASE_URL: documentedUrl(server.url, 'spacex_owner'),
      });
    }

    void it('can be restored into an empty database and a different folder, where a run finds everything unchanged', async () => {
      const [folder, restored] = ['data', 'restored'].map((name) => path.join(workspace.folder, name));
      assert.ok(folder !== undefined && restored !== undefined);
      const as = (role: DocumentedRole): string[] => ['--database-url', documentedUrl(server.url, role)];
      const migrated = await workspace.run(['migrate', 'up', ...as('spacex_owner')]);
      assert.equal(migrated.code, 0, migrated.stderr);
      const first = await workspace.run(['run', ...as('spacex_runner')]);
      assert.equal(first.code, 0, first.stderr);
      // The second run's raw files are hard links to the first run's raw files.
      const second = await workspace.run(['run', ...as('spacex_runner')]);
      assert.match(second.stdout, /everything is unchanged/);
      // Creates a staging table as a killed run would leave it: the owner cannot read it.
      const runner = await connected(documentedUrl(server.url, 'spacex_runner'));
      await runner.query('CREATE UNLOGGED TABLE spacex_pipeline.staging_0123456789ab_rockets (a int)');
      await runner.end();
      await shell(BACK_UP, folder);
      rmSync(folder, { recursive: true });
      await makeDocumentedDatabase(server.url);
      await assertNothingIsRequestedAgain(() => shell(RESTORE, restored));
      await grantDocumentedRights(server.url);
      const last = ['run', '--data-dir', restored, ...as('spacex_runner')];
      await assertNothingIsRequestedAgain(async () => (await workspace.run(last)).stdout);
      assert.equal(readdirSync(path.join(restored, 'runs')).length, 4);
    });
  },
);

void it('a copy of the embedded database’s folder can replace the original', async (t) => {
  const workspace = createWorkspace({ source: { ...QUICK_SOURCE, baseUrl: api.url } });
  t.after(() => workspace.remove());
  const first = await workspace.run(['run']);
  assert.equal(first.code, 0, first.stderr);
  const PATH = process.env['PATH'] ?? '';
  await runBlock(workspace.folder, COPY, { PATH });
  await runBlock(workspace.folder, 'rm -r data && mv data.backup data', { PATH });
  await assertNothingIsRequestedAgain(async () => (await workspace.run(['run'])).stdout);
  const verified = await workspace.run(['verify']);
  assert.equal(verified.code, 0, verified.stderr);
});
