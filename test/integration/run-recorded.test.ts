import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { LAUNCHES, ROCKETS, startApi, type Api } from '../support/api.ts';
import { REPOSITORY } from '../support/cli.ts';
import { createTestServer, type ServerWorkspace, type TestServer } from '../support/workspace.ts';

const DATA = process.env['SHARED_DATA'] || path.join(REPOSITORY, '..', 'shared', 'data');
const FILES = { [ROCKETS]: 'spacex-api/v4/rockets.json', [LAUNCHES]: 'spacex-api/v5/launches.json' };
const missing = Object.values(FILES).find((file) => !existsSync(path.join(DATA, file)));
const skip =
  missing !== undefined && `the recorded data are not here: ${path.join(DATA, missing)} (set SHARED_DATA)`;

type Recorded = Readonly<Record<string, never>> & { readonly id: string; readonly name: string };

function read(file: string): Recorded[] {
  return JSON.parse(readFileSync(path.join(DATA, file), 'utf8'));
}

void describe('recorded data of the real API', { skip }, () => {
  let server: TestServer;
  let api: Api;
  let workspace: ServerWorkspace;
  before(async () => {
    server = await createTestServer();
    workspace = server.workspace();
    const replies = Object.entries(FILES).map(([at, file]) => [
      at,
      { body: readFileSync(path.join(DATA, file)) },
    ]);
    api = await startApi(Object.fromEntries(replies));
  });
  after(async () => {
    await api.close();
    await server.close();
  });

  void it('all pass their contracts', async () => {
    const { code, report, stderr } = await workspace.pull(['--migrate', '--source', api.url]);
    assert.equal(code, 0, stderr);
    assert.equal(report.simulated, false);
    for (const [name, count] of Object.entries({ rockets: 4, launches: 205 })) {
      const { received, validated, inserted } = report.resources[name] ?? assert.fail(name);
      assert.deepEqual([received, validated, inserted], [count, count, count]);
    }
    assert.equal(report.resources['launches']?.tables['launches']?.dangling['rocket_id'], 0);
  });

  void it('become the business columns by rename, lookup and trim', async () => {
    const rockets = new Map(read(FILES[ROCKETS]).map(({ id, name }) => [id, name.trim()]));
    const expected = read(FILES[LAUNCHES])
      .map((launch) => ({
        id: launch.id,
        name: launch.name.trim(),
        flight_number: launch['flight_number'],
        details: trimmed(launch['details']),
        success: launch['success'],
        rocket_id: launch['rocket'],
        rocket_name: rockets.get(launch['rocket'] ?? '') ?? null,
        launch_date_precision: launch['date_precision'],
        launch_date_unix: launch['date_unix'],
        launch_date_utc: instant(launch['date_utc']),
        launch_date_local: instant(launch['date_local']),
      }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const columns = Object.keys(expected[0] ?? {}).join(', ');
    const sql = `SELECT ${columns} FROM launches ORDER BY id COLLATE "C"`;
    const rows = await workspace.json<Record<string, string>[]>(['query', sql]);
    const found = rows.map((row) => ({
      ...row,
      launch_date_utc: instant(row['launch_date_utc']),
      launch_date_local: instant(row['launch_date_local']),
    }));
    assert.equal(expected.length, 205);
    assert.deepEqual(found, expected);
  });

  void it('are unchanged the second time, by 304 and in full', async () => {
    for (const { flags, status } of [
      { flags: [], status: 304 },
      { flags: ['--full'], status: 200 },
    ]) {
      const { code, report, stderr } = await workspace.pull(['--source', api.url, ...flags]);
      assert.equal(code, 0, stderr);
      const { unchanged, inserted, updated, deleted, not_modified } =
        report.resources['launches'] ?? assert.fail();
      assert.deepEqual([unchanged, inserted, updated, deleted, not_modified], [205, 0, 0, 0, status === 304]);
      const gets = api.requests.filter(({ method }) => method === 'GET').slice(-2);
      assert.deepEqual(
        gets.map((one) => one.status),
        [status, status],
      );
    }
    const { stdout } = await workspace.run(['run', '--source', api.url]);
    assert.match(stdout, /: everything is unchanged$/m);
  });
});

function trimmed(text: string | null | undefined): string | null {
  return text?.trim() ?? null;
}

function instant(time: string | undefined): string {
  return new Date(time ?? '').toISOString();
}
