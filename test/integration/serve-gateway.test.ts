import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts';
import { cliEnvironment } from '../support/cli.ts';
import { copyEmbedded, withEmbedded } from '../support/embedded-template.ts';
import { startServing, type Serving } from '../support/serving.ts';
import { assertFailure, createWorkspace, readJson, type Workspace } from '../support/workspace.ts';

const JOB = 'spacex';
const FEW = 30;
const MANY = 3000;

type Run = {
  readonly run_id: string;
  readonly resources: Readonly<Record<string, { tables: Record<string, { digest: string }> }>>;
};

let workspace: Workspace;
let sandbox: Sandbox;
/** The digest of each table after an undisturbed run. */
let expected: Readonly<Record<string, string>>;
before(async () => {
  workspace = await withEmbedded(createWorkspace());
  sandbox = await startSandbox({ launches: MANY });
  const alone = await withEmbedded(createWorkspace());
  const { code, report, stderr } = await alone.pull(['--from', sandbox.url]);
  assert.equal(code, 0, stderr);
  expected = digestsOf(report as unknown as Run);
  alone.remove();
});
after(async () => {
  await sandbox.close();
  workspace.remove();
});

function digestsOf({ resources }: Run): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.values(resources).flatMap(({ tables }) =>
      Object.entries(tables).map(([name, { digest }]) => [name, digest]),
    ),
  );
}

const HOSTILE = [
  'DISCARD ALL',
  'RESET ALL',
  'SET search_path = nowhere',
  `SET DateStyle = 'German'; SET TimeZone = 'Asia/Tokyo'; SET extra_float_digits = -15`,
  'SET SESSION AUTHORIZATION postgres',
  'SET ROLE pg_monitor',
  'PREPARE own AS SELECT count(*) FROM pg_class',
  'EXECUTE own',
  'DEALLOCATE ALL',
  'LISTEN news',
  'BEGIN; SELECT count(*) FROM spacex.launches',
  'SELECT 1/0',
  'ROLLBACK',
  'DELETE FROM spacex.launches',
  'RESET SESSION AUTHORIZATION',
];

const SQL = 'SELECT count(*) AS n FROM launches';

void describe('serve on the embedded database', () => {
  let serving: Serving;
  let dataDir: string;
  before(async () => {
    dataDir = join(workspace.folder, 'data');
    const few = await startSandbox({ launches: FEW });
    serving = await startServing(workspace, ['--from', few.url]);
    await serving.succeeded(JOB, 1);
    await serving.stop();
    await few.close();
    serving = await startServing(workspace, ['--from', sandbox.url]);
  });
  after(() => serving.kill());

  void it('opens a socket that only its user can access, and stores its path for processes that find the folder locked', async () => {
    const { socket, url, what } = readJson<Record<string, string>>(dataDir, 'database-holder.json');
    assert.deepEqual([socket, url, what], [join(dataDir, '.s.PGSQL.5432'), serving.url, 'serve']);
    const { mode } = statSync(socket ?? '');
    assert.equal(mode & 0o777, 0o600);
  });

  void it('answers tools and other commands while a job publishes, without being disturbed by them', async (t) => {
    const superuser = await serving.open();
    await superuser.query('SET SESSION AUTHORIZATION postgres; SET default_transaction_read_only = off');
    const over = new AbortController();
    t.after(() => over.abort());
    const clients = await Promise.all([1, 2, 3].map(() => serving.open()));
    const asked = clients.map(async (client, index) => {
      let failures = 0;
      for (let n = index; !over.signal.aborted; n += 1) {
        const sql = HOSTILE[n % HOSTILE.length] ?? '';
        await client.query(sql).catch(() => (failures += 1));
      }
      return failures;
    });
    const commands = (async () => {
      const seen: unknown[] = [];
      const [{ id } = { id: '' }] = await workspace.json<{ id: string }[]>([
        'query',
        'SELECT id FROM launches',
      ]);
      while (!over.signal.aborted) {
        seen.push(...(await workspace.json<{ n: number }[]>(['query', SQL])).map(({ n }) => n));
        for (const args of [
          ['runs'],
          ['checks'],
          ['export', '--out', 'files'],
          ['explain', 'launches', id],
        ]) {
          const { code, stderr } = await workspace.run(args);
          assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
        }
      }
      return seen;
    })();
    await workspace.json(['jobs', 'run', JOB]);
    // The queue's statements fail from now until the end of the run.
    await serving.cli.line(/validated/);
    await superuser.query('ALTER TABLE spacex_pipeline_queue.job RENAME TO set_aside');
    await serving.cli.line(/Cannot use the job queue/);
    for (;;) {
      const [newest] = await workspace.json<{ status: string }[]>(['runs', '--limit', '1']);
      if (newest?.status === 'succeeded') break;
      assert.equal(newest?.status, 'running');
    }
    await superuser.query('ALTER TABLE spacex_pipeline_queue.set_aside RENAME TO job');
    await serving.succeeded(JOB, 2);
    over.abort();
    const seen = await commands;
    assert.ok(
      seen.every((n) => n === FEW || n === MANY),
      `each query saw either the old rows or the new: ${seen.join(' ')}`,
    );
    assert.ok(Math.min(...(await Promise.all(asked))) > 0, 'each client had statements rejected');
    const [newest] = await workspace.json<Run[]>(['runs', '--limit', '1']);
    const report = await workspace.json<Run>(['runs', 'show', newest?.run_id ?? '']);
    assert.deepEqual(digestsOf(report), expected);
  });

  void it('does not change what other commands print', async () => {
    const sql = 'SELECT launch_date_utc, current_user, session_user, * FROM launches ORDER BY id LIMIT 20';
    const commands = [
      ['query', sql],
      ['query', '--json', sql],
      ['query', 'SELECT * FROM nowhere'],
      ['query', 'DELETE FROM launches'],
      // As JSON, because the table also shows ages, which change.
      ['runs', '--json'],
      ['checks'],
      ['rejects', 'list'],
      ['migrate', 'status', '--json'],
      ['export', '--out', 'served', '--tables', 'rockets'],
    ];
    const answers = async (): Promise<unknown[]> => {
      const all = [];
      for (const args of commands) {
        const { code, stderr, stdout } = await workspace.run(args);
        all.push([args, code, stdout, stderr]);
      }
      return all;
    };
    const served = await answers();
    await serving.stop();
    assert.deepEqual(await answers(), served);
    assert.equal(existsSync(join(dataDir, '.s.PGSQL.5432')), false);
  });

  void it('leaves everything intact', async () => {
    const { intact } = await workspace.json<{ intact: boolean }>(['verify']);
    assert.equal(intact, true);
  });
});

void describe('commands next to a running serve', () => {
  let serving: Serving;
  before(async () => {
    serving = await startServing(workspace, ['--from', sandbox.url]);
  });
  after(() => serving.kill());

  void it('name the process, its URL, and the command to use instead if they write data', async () => {
    for (const args of [
      ['run', '--from', sandbox.url],
      ['migrate', 'up'],
      ['plan', '--from', sandbox.url],
      ['query', '--write', SQL],
      ['verify'],
    ]) {
      assertFailure(await workspace.run(args), {
        code: 7,
        message: new RegExp(`another process is using it \\(serve on host .*, pid ${serving.cli.pid}`),
        hint: new RegExp(`see ${serving.url}, .* with: \\S+ jobs run NAME$`),
      });
    }
    const { stderr } = await workspace.run(['runs', 'prune']);
    const [, command = ''] = / with: (.*)$/m.exec(stderr) ?? [];
    const place = { cwd: workspace.folder, env: cliEnvironment() };
    const { stdout } = await promisify(execFile)('sh', ['-c', command.replace('NAME', JOB)], place);
    assert.match(stdout, /^Queued job /);
    await serving.succeeded(JOB, 3);
  });

  void it('can use the folder again after serve was killed, whatever it left behind', async () => {
    await serving.kill();
    assert.ok(existsSync(join(workspace.folder, 'data', '.s.PGSQL.5432')));
    assert.deepEqual(await workspace.json(['query', SQL]), [{ n: MANY }]);
    assert.equal(existsSync(join(workspace.folder, 'data', '.s.PGSQL.5432')), false);
  });

  void it('reach serve even if the data folder’s path is too long for a socket', async (t) => {
    const long = join(workspace.folder, 'a'.repeat(90), 'data');
    mkdirSync(long, { recursive: true });
    await copyEmbedded(join(long, 'database'));
    const far = await startServing(workspace, ['--from', sandbox.url, '--data-dir', long]);
    t.after(far.kill);
    const { socket = '' } = readJson<Record<string, string>>(long, 'database-holder.json');
    assert.ok(Buffer.byteLength(socket) < 104, socket);
    assert.deepEqual(
      [statSync(socket).mode & 0o777, statSync(join(socket, '..')).mode & 0o777],
      [0o600, 0o700],
    );
    assert.equal((await workspace.run(['runs', '--data-dir', long])).code, 0);
    await far.kill();
    assert.equal((await workspace.run(['runs', '--data-dir', long])).code, 0);
    assert.equal(existsSync(join(socket, '..')), false);
  });
});

void it('serve rejects --pg-port if a server is configured', async () => {
  const url = 'postgresql://me:secret@db.example/warehouse';
  const result = await workspace.run(['serve', '--pg-port', '0', '--database-url', url]);
  assertFailure(result, { code: 2, message: /it is already a server/, hint: /--pg-port/ });
  assert.doesNotMatch(result.stderr, /secret/);
});
