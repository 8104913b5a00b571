import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';

import { openEmbedded } from '../../src/adapters/postgres/embedded.ts';
import { PipelineError } from '../../src/core/errors.ts';
import type { RunReport } from '../../src/core/run.ts';
import { copyEmbedded } from '../support/embedded-template.ts';
import { createGate, LAUNCHES, sandboxReplies, startApi, type Api } from '../support/api.ts';
import { assertFailure, createWorkspace, type Workspace } from '../support/workspace.ts';

/** A single statement that takes minutes. */
const LONG = 'SELECT count(*) FROM generate_series(1, 20000000000) AS g WHERE g % 3 = 1';
const NAMES = 'SELECT DISTINCT left(name, 3) AS name FROM launches';

void describe('the embedded database', { concurrency: 1 }, () => {
  let workspace: Workspace;
  let api: Api;
  let body: string;
  before(async () => {
    workspace = createWorkspace();
    await copyEmbedded(path.join(workspace.folder, 'data/database'));
    const replies = await sandboxReplies({ launches: 30 });
    body = String(replies[LAUNCHES].body).replaceAll('"name":"', '"name":"One ');
    api = await startApi({ ...replies, [LAUNCHES]: { body } });
    const { code, stderr } = await workspace.run(['run', '--source', api.url]);
    assert.equal(code, 0, stderr);
  });
  after(async () => {
    await api.close();
    workspace.remove();
  });

  /** Starts the program, and waits until the database is open and is running the statement. */
  async function startLong(args: readonly string[]) {
    const running = workspace.start([...args, '--log-level', 'debug']);
    await running.line(/debug +the embedded database is open/);
    return running;
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    void it(`cancels a statement on ${signal}`, async () => {
      const running = await startLong(['query', LONG]);
      running.kill(signal);
      const { code, stderr } = await running.finished;
      assert.equal(code, 130, stderr);
      assert.match(stderr, /^error: Cannot continue: interrupted$/m);
    });
  }

  void it('exits immediately on a second signal', async () => {
    const running = await startLong(['query', LONG]);
    const exit = running.finished;
    running.kill('SIGINT');
    running.kill('SIGINT');
    assert.equal((await exit).code, 130);
  });

  void it('rolls back uncommitted work, and opens again', async () => {
    const running = await startLong(['query', '--write', `CREATE TABLE spacex.half AS ${LONG}`]);
    running.kill('SIGINT');
    assert.equal((await running.finished).code, 130);
    const found = await workspace.json([
      'query',
      `SELECT to_regclass('spacex.half') AS half, count(*) AS n FROM launches`,
    ]);
    assert.deepEqual(found, [{ half: null, n: 30 }]);
  });

  void it('cancels a publish without changing anything, and records the interruption in the ledger', async () => {
    for (const sql of [
      `CREATE FUNCTION spacex.slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM (${LONG}); RETURN NEW; END $$`,
      'CREATE TRIGGER slow BEFORE UPDATE ON launches FOR EACH ROW EXECUTE FUNCTION spacex.slow()',
    ])
      assert.equal((await workspace.run(['query', '--write', sql])).code, 0);
    api.set(LAUNCHES, { body: body.replaceAll('"name":"One', '"name":"Two') });
    const running = workspace.start(['run', '--source', api.url, '--json']);
    await running.line(/launches: 30 of 30 records validated/);
    running.kill('SIGINT');
    const ended = await running.finished;
    assertFailure(ended, { code: 130, message: /interrupted/, hint: /Nothing was published.*resume/ });
    const { run_id } = JSON.parse(ended.stdout) as RunReport;
    const [last] = await workspace.json<{ run_id: string; status: string }[]>(['runs', '--limit', '1']);
    assert.deepEqual([last?.run_id, last?.status], [run_id, 'interrupted']);
    assert.deepEqual(await workspace.json(['query', NAMES]), [{ name: 'One' }]);
  });

  void it('cancels a publish that exceeds its time limit, and records the failure in the ledger', async () => {
    const limited = await workspace.run(['run', '--source', api.url], {
      SPACEX_PIPELINE_STATEMENT_TIMEOUT_SECONDS: '4',
    });
    assertFailure(limited, {
      code: 5,
      message: /did not respond for 4 s/,
      hint: /statementTimeoutSeconds.*resume/,
    });
    const [last] = await workspace.json<{ status: string }[]>(['runs', '--limit', '1']);
    assert.equal(last?.status, 'failed');
    assert.deepEqual(await workspace.json(['query', NAMES]), [{ name: 'One' }]);
    assert.equal((await workspace.run(['query', '--write', 'DROP FUNCTION spacex.slow CASCADE'])).code, 0);
    const { code, stderr } = await workspace.run(['run', '--source', api.url]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(await workspace.json(['query', NAMES]), [{ name: 'Two' }]);
  });

  for (const [what, sql] of [
    ['was never answered', `SELECT convert_to(chr(228), 'LATIN1')`],
    ['was answered like an empty statement', `SELECT (repeat('[', 20000000))::json`],
  ] as const) {
    void it(`reports a lost statement that ${what}, and continues`, async () => {
      const lost = await workspace.run(['query', sql]);
      assertFailure(lost, {
        code: 5,
        message: /lost a statement, which had no effect$/,
        hint: /PostgreSQL server/,
      });
      assert.equal(lost.stdout, '');
      assert.deepEqual(await workspace.json(['query', 'SELECT 1 AS n']), [{ n: 1 }]);
    });
  }

  void it('is not changed by a run whose lock file was deleted', async () => {
    const gate = createGate(1000);
    api.set(LAUNCHES, { body: body.replaceAll('"name":"One', '"name":"Six'), gate });
    const running = workspace.start(['run', '--source', api.url]);
    await Promise.race([gate.reached, running.finished]);
    rmSync(path.join(workspace.folder, 'data/database-lock.sqlite'));
    gate.open();
    assertFailure(await running.finished, { code: 7, message: /lock file .* was deleted or replaced/ });
    assert.deepEqual(await workspace.json(['query', NAMES]), [{ name: 'Two' }]);
  });
});

/** Opens a separate embedded database, and returns it with a function that interrupts it. */
async function openInterruptible(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'test-interrupt-'));
  const interruption = new AbortController();
  await copyEmbedded(path.join(folder, 'd'));
  const database = await openEmbedded({
    dir: path.join(folder, 'd'),
    schema: 'a',
    signal: interruption.signal,
  });
  t.after(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });
  const interrupt = (): void =>
    interruption.abort(new PipelineError('Cannot go on', { code: 'interrupted' }));
  return { database, interrupt };
}

void it('an interrupted embedded database opens again for cleanup in each schema', async (t) => {
  const { database, interrupt } = await openInterruptible(t);
  const view = database.inSchema('b');
  const session = await view.connect();
  await session.query('SELECT 1');
  const ended = assert.rejects(session.query(LONG), /Cannot go on/);
  // By the time this callback runs, the statement has been sent.
  setImmediate(() => interrupt());
  await ended;
  await assert.rejects(view.connect(), /Cannot go on/);
  for (const { connect, schema } of [view, database]) {
    const [last] = await (await connect({ evenAborted: true })).rows('SHOW search_path');
    assert.deepEqual(last, { search_path: `"${schema}", "${schema}_pipeline"` });
  }
});

void it('a session of an interrupted embedded database executes only cleanup statements', async (t) => {
  const { database, interrupt } = await openInterruptible(t);
  const session = await database.connect();
  await session.query('BEGIN; CREATE SCHEMA refused');
  interrupt();
  await assert.rejects(session.query('COMMIT'), /Cannot go on/);
  await session.query('ROLLBACK');
  const found = await session.evenAborted.rows(`SELECT to_regnamespace('refused') AS name`);
  assert.deepEqual(found, [{ name: null }]);
});
