import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { assertFailure, createWorkspace } from '../support/workspace.ts';

/** Which server, as which user, where the configuration leaves that open. */
let database: TestDatabase;
before(async () => {
  database = await createDatabase();
});
after(async () => {
  await database.drop();
});

/** Nobody listens there. */
const CLOSED = { POSTGRES_HOST: '127.0.0.1', POSTGRES_PORT: '1', POSTGRES_USER: 'u' };

void describe('a server', () => {
  void it('that does not answer is named with the variable that chose it', async (t) => {
    const own = createWorkspace();
    t.after(own.remove);
    const lines = Object.entries(CLOSED).map((pair) => pair.join('='));
    writeFileSync(path.join(own.folder, '.env'), lines.join('\n'));
    assertFailure(await own.run(['query', 'SELECT 1']), {
      code: 5,
      message: /^error: Cannot connect to postgresql:\/\/u@127\.0\.0\.1:1\/: .*\(ECONNREFUSED\)$/,
      hint: /^hint: Check POSTGRES_HOST in \.env, and that the server is up\.$/,
    });
    const url = 'postgresql://no-such-host/d';
    assertFailure(await own.run(['query', 'SELECT 1'], { DATABASE_URL: url }), {
      code: 5,
      message: /ENOTFOUND/,
      hint: /^hint: Correct the host in DATABASE_URL\.$/,
    });
  });

  void it('is the one of the configuration file, whatever the environment says of another', async (t) => {
    const own = createWorkspace({ database: { url: database.url } });
    t.after(own.remove);
    const sql = 'SELECT current_database() AS name';
    const { code, stdout, stderr } = await own.run(['query', '--json', sql], {
      ...CLOSED,
      PGHOST: '127.0.0.1',
      PGPORT: '1',
      PGDATABASE: 'another',
    });
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(database.name));
  });
});
