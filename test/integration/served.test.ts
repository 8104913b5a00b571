import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';

import { openEmbedded, type Embedded } from '../../src/adapters/postgres/embedded.ts';
import { openGateway, servedSettings, type Gateway } from '../../src/adapters/postgres/gateway.ts';
import { openServed } from '../../src/adapters/postgres/served.ts';
import type { Database, Session } from '../../src/adapters/postgres/session.ts';
import { copyEmbedded } from '../support/embedded-template.ts';

const folder = mkdtempSync(join(tmpdir(), 'test-served-'));
const socket = join(folder, '.s.PGSQL.5432');
let database: Embedded;
let gateway: Gateway;
let own: Session;
before(async () => {
  const settings = servedSettings(['elsewhere']);
  await copyEmbedded(join(folder, 'database'));
  database = await openEmbedded({ dir: join(folder, 'database'), schema: 's', settings });
  gateway = await openGateway(database.share, { port: null, socket, patienceMs: 30_000, folder });
  own = await database.connect();
  await own.query('CREATE SCHEMA s; CREATE TABLE s.t (n int); INSERT INTO s.t VALUES (1)');
});
after(async () => {
  await gateway.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

async function served(signal = new AbortController().signal, path = socket): Promise<Database | null> {
  return openServed({ socket: path, name: 'the folder', schema: 's', signal });
}

async function connected(signal?: AbortSignal): Promise<Session> {
  const found = await served(signal);
  assert.ok(found !== null);
  return found.connect();
}

void it('a reader in another process sees the same settings and rows as the process that opened the database', async () => {
  const reader = await connected();
  const sql = `SELECT session_user, current_user, current_setting('search_path') AS path, current_setting('TimeZone') AS zone,
    current_setting('default_transaction_read_only') AS read_only, current_setting('row_security') AS policies,
    current_setting('extra_float_digits') AS digits, (SELECT sum(n) FROM t) AS sum`;
  assert.deepEqual(await reader.printed(sql), await own.printed(sql));
  await assert.rejects(reader.query('SELECT 1/0'), { code: '22012' });
  await reader.close();
});

void it('an interrupted reader stops waiting, and does not block other readers', async () => {
  const stop = new AbortController();
  const [reader, other] = [await connected(stop.signal), await connected()];
  await own.query('BEGIN');
  const waiting = assert.rejects(reader.rows('SELECT * FROM t'), { message: 'enough' });
  stop.abort(new Error('enough'));
  await waiting;
  await assert.rejects(reader.rows('SELECT 1'), { message: 'enough' });
  await own.query('COMMIT');
  assert.deepEqual(await other.rows('SELECT n FROM t'), [{ n: 1 }]);
  await other.close();
});

void it('a reader that is interrupted before it is admitted also stops waiting', async () => {
  const stop = new AbortController();
  const found = await served(stop.signal);
  await own.query('BEGIN');
  const waiting = assert.rejects(found?.connect() ?? Promise.resolve(), { message: 'enough' });
  stop.abort(new Error('enough'));
  await waiting;
  await own.query('ROLLBACK');
});

void it('without a listening process, there is no database to read', async () => {
  assert.equal(await served(undefined, join(folder, 'nothing')), null);
});
