import assert from 'node:assert/strict';
import { after, it } from 'node:test';

import { lockSchema } from '../../src/adapters/postgres/lock.ts';
import { openServer } from '../../src/adapters/postgres/server.ts';
import { testSessions } from '../suites/target-sessions.ts';
import { testTarget } from '../suites/target-suite.ts';
import { createDatabase } from '../support/postgres.ts';

const testDatabase = await createDatabase();
after(() => testDatabase.drop());

const openDatabase = async (schema: string) => openServer({ url: testDatabase.url, schema });
testTarget('PostgreSQL', openDatabase);
testSessions(openDatabase);

it('the lock on a schema does not affect other databases', async () => {
  const otherDatabase = await createDatabase();
  const url = new URL(otherDatabase.url);
  url.searchParams.set('application_name', 'somebody else');
  const elsewhere = openServer({ url: url.href, schema: 'same' });
  const here = await openDatabase('same');
  try {
    await lockSchema(await elsewhere.connect(), 'same');
    await lockSchema(await here.connect(), 'same');
    await assert.rejects(lockSchema(await here.connect(), 'same'), {
      code: 'busy',
      message: new RegExp(`another run holds the lock \\(spacex-pipeline .* pid ${process.pid}, since 20`),
    });
  } finally {
    await Promise.all([elsewhere.close(), here.close()]);
    await otherDatabase.drop();
  }
});
