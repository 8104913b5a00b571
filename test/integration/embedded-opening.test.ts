import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { sandboxReplies, startApi, type Api } from '../support/api.ts';
import { cliEnvironment, LAUNCHER, type CliResult } from '../support/cli.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import { assertFailure, createWorkspace, type Workspace } from '../support/workspace.ts';

const NOBODY = 65534;
const COUNT = 'SELECT count(*) AS n FROM rockets';

void describe('an embedded database that cannot be opened', { concurrency: 1 }, () => {
  let workspace: Workspace;
  let api: Api;
  let database: string;
  before(async () => {
    workspace = await withEmbedded(createWorkspace({ resources: ['rockets'] }));
    api = await startApi(await sandboxReplies({ launches: 5 }));
    const { code, stderr } = await workspace.run(['run', '--source', api.url]);
    assert.equal(code, 0, stderr);
    database = path.join(workspace.folder, 'data/database');
  });
  after(async () => {
    await api.close();
    workspace.remove();
  });

  /** Runs a query through a command that sets limits or changes the user. */
  function query(...through: readonly string[]): CliResult {
    const [command, ...args] = [...through, process.execPath, LAUNCHER, 'query', COUNT];
    const { status, signal, stdout, stderr } = spawnSync(command, args, {
      cwd: workspace.folder,
      env: { ...cliEnvironment(), HOME: '/nonexistent' },
      encoding: 'utf8',
    });
    return { code: status, signal, stdout, stderr };
  }

  async function assertHealthy(): Promise<void> {
    assert.deepEqual(await workspace.json(['query', COUNT]), [{ n: 4 }]);
  }

  const asNobody = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  void it(
    'names the file that belongs to a different user, and states that nothing is damaged',
    { skip: process.getuid?.() !== 0 && 'needs root' },
    async () => {
      chmodSync(workspace.folder, 0o755);
      assert.equal(spawnSync('chown', ['-R', String(NOBODY), workspace.folder]).status, 0);
      const file = path.join(database, 'global/pg_internal.init');
      assert.equal(query(...asNobody).code, 0);
      for (const [place, mode] of [
        [file, 0o600],
        [path.join(database, 'base'), 0o700],
      ] as const) {
        chmodSync(place, mode);
        chownSync(place, 0, 0);
        const failed = query(...asNobody);
        chownSync(place, NOBODY, 0);
        assertFailure(failed, {
          code: 5,
          message: new RegExp(
            `EACCES: permission denied.*'${place}.*', which belongs to user 0 \\(you are user ${NOBODY}\\)`,
          ),
          hint: /^hint: Nothing is damaged\. Run the program as user 0, or run this as root: chown -R 65534 /,
        });
      }
      assert.equal(query(...asNobody).code, 0);
      await assertHealthy();
    },
  );

  void it('reports that too many files are open', async () => {
    for (const limit of [25, 28]) {
      const failed = query('bash', '-c', `ulimit -n ${limit}; exec "$@"`, 'bash');
      assertFailure(failed, { code: 5, message: /too many open files \(EMFILE\)$/, hint: /ulimit -n/ });
      assert.doesNotMatch(failed.stderr, /damaged|If you move/);
    }
    await assertHealthy();
  });

  void it('reports which file is missing and what starting over would cost', async () => {
    const [file, aside] = [path.join(database, 'global/pg_control'), path.join(database, 'aside')];
    renameSync(file, aside);
    assertFailure(query(), {
      code: 5,
      message: /PostgreSQL says: could not open file "global\/pg_control": No such file or directory$/,
      hint: /seems to be damaged.*Keep a copy.*away, the next run.*the history of runs and deleted rows is lost/,
    });
    renameSync(aside, file);
    await assertHealthy();
  });

  void it('is treated as missing and created again if its creation was interrupted', async (t) => {
    const other = createWorkspace({ resources: ['rockets'] });
    t.after(other.remove);
    const making = other.start(['run', '--source', api.url]);
    const dir = path.join(other.folder, 'data/database');
    while (!existsSync(path.join(dir, 'base'))) await new Promise((resolve) => setImmediate(resolve));
    making.kill('SIGKILL');
    await making.finished;
    assertFailure(await other.run(['query', COUNT]), { code: 5, message: /there is no database in/ });
    await other.run(['runs']);
    assert.ok(
      existsSync(path.join(other.folder, 'data/database-unfinished')),
      'a command that only reads creates no database',
    );
    const { code, stderr } = await other.run(['run', '--source', api.url]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(await other.json(['query', COUNT]), [{ n: 4 }]);
    assert.ok(!readdirSync(path.join(other.folder, 'data')).includes('database-unfinished'));
  });

  void it('leaves only the lock file if it is interrupted during creation', async (t) => {
    const other = createWorkspace({ resources: ['rockets'] });
    t.after(other.remove);
    const making = other.start(['run', '--source', api.url]);
    const dir = path.join(other.folder, 'data/database');
    while (!existsSync(dir)) await new Promise((resolve) => setImmediate(resolve));
    making.kill('SIGINT');
    assertFailure(await making.finished, { code: 130, message: /interrupted/ });
    assert.deepEqual(readdirSync(path.join(other.folder, 'data')), ['database-lock.sqlite']);
  });

  void it('is not opened if its lock file has unexpected content', async () => {
    const lock = path.join(workspace.folder, 'data/database-lock.sqlite');
    writeFileSync(lock, 'notes');
    assertFailure(query(), {
      code: 5,
      message: /its contents were overwritten/,
      hint: /contains no data/,
    });
    rmSync(lock);
    await assertHealthy();
  });
});
