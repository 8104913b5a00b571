import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { MigrationState } from '../../src/app/migrate.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { assertFailure, createTestServer, type TestServer } from '../support/workspace.ts';

let server: TestServer;
before(async () => {
  server = await createTestServer();
});
after(() => server.close());

type Document = { readonly changed: readonly string[]; readonly migrations: readonly MigrationState[] };
const NAMES = ['0001_ledger', '0002_rockets', '0003_launches'];

void describe('migrate', { concurrency: 3 }, () => {
  void it('goes up, down and up again, and tells the state', async () => {
    const { json, run, sql } = server.workspace();
    const start = await json<Document>(['migrate', 'status']);
    assert.deepEqual(start, { changed: [], migrations: NAMES.map((name) => ({ name, applied_at: null })) });
    const up = await run(['migrate', 'up']);
    assert.deepEqual([up.code, up.stderr], [0, '']);
    assert.match(up.stdout, /^Applied: 0001_ledger, 0002_rockets, 0003_launches\nmigration +applied\n/);
    assert.match(up.stdout, /^0003_launches +20\S+Z$/m);
    assert.match((await run(['migrate', 'up'])).stdout, /^Applied: nothing$/m);
    const down = await json<Document>(['migrate', 'down', '--yes']);
    assert.deepEqual(down.changed, ['0003_launches']);
    assert.deepEqual(
      down.migrations.map(({ applied_at }) => applied_at === null),
      [false, false, true],
    );
    assert.deepEqual(await sql(`SELECT to_regclass('launches') AS gone`), [{ gone: null }]);
    assert.deepEqual((await json<Document>(['migrate', 'up'])).changed, ['0003_launches']);
  });

  void it('refuses a schema that a newer program has migrated', async () => {
    const { run, sql } = server.workspace();
    assert.equal(
      (await run(['migrate', 'up', '--quiet'])).stdout,
      'Applied: 0001_ledger, 0002_rockets, 0003_launches\n',
    );
    await sql(`INSERT INTO migrations (name) VALUES ('9999_future')`);
    for (const args of [
      ['migrate', 'up'],
      ['migrate', 'down', '--yes'],
      ['run', '--source', 'http://127.0.0.1:1'],
    ]) {
      assertFailure(await run(args), {
        code: 6,
        message: /newer version .*9999_future/,
        hint: /that version/,
      });
    }
  });

  void it('lets whoever comes too early look, and finds nothing', async () => {
    const { run } = server.workspace();
    assertFailure(await run(['query', 'SELECT * FROM launches']), {
      code: 5,
      message: /"launches" does not exist/,
    });
    assert.deepEqual((await run(['runs', '--json'])).stdout, '[]\n');
  });
});

void it('sandbox serves the stand-in API until Ctrl-C', async () => {
  const workspace = server.workspace();
  const running = workspace.start([
    'sandbox',
    '--launches',
    '30',
    '--seed',
    '9',
    '--revision',
    '2',
    '--faults',
    'bom',
    '--json',
  ]);
  const url = await running.output(/"url": "(http:\/\/127\.0\.0\.1:\d+)"/);
  const own = await startSandbox({ launches: 30, seed: 9, revision: 2, faults: 'bom' });
  const [served, expected] = await Promise.all(
    [url, own.url].map(async (base) => (await fetch(`${base}/v5/launches`)).text()),
  );
  await own.close();
  assert.equal(served, expected);
  running.kill('SIGINT');
  const { code, stderr } = await running.finished;
  assert.deepEqual([code, stderr], [0, '']);
});
