import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import spacex from '../../src/sources/spacex/source.ts';
import {
  expectedLaunch,
  NOT_RECORDED,
  readRecorded,
  RECORDED_ROWS,
  recordedBody,
} from '../suites/recorded.ts';
import { startApi, type Api } from '../support/api.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import { createTestServer, createWorkspace, type TestServer, type Workspace } from '../support/workspace.ts';

const { resources } = spacex;

/** Null means the embedded database. It takes seconds to open, so only what could differ is tested there. */
const servers: (TestServer | null)[] = NOT_RECORDED === false ? [null, await createTestServer()] : [null];
after(() => Promise.all(servers.flatMap((server) => server?.close() ?? [])));

for (const server of servers) {
  const embedded = server === null && 'tested on a server';
  void describe(
    `recorded responses of the real API, loaded into ${server === null ? 'PGlite' : 'PostgreSQL'}`,
    { skip: NOT_RECORDED },
    () => {
      let api: Api;
      let workspace: Workspace;
      before(async () => {
        workspace =
          server === null
            ? await withEmbedded(createWorkspace({ resources: null }))
            : server.workspace({ resources: null });
        api = await startApi(
          Object.fromEntries(resources.map((one) => [one.path, { body: recordedBody(one.name) }])),
        );
      });
      after(async () => {
        await api.close();
        workspace.remove();
      });

      void it('all satisfy their contracts, and become the expected number of rows', async () => {
        const { code, report, stderr } = await workspace.pull(['--migrate', '--source', api.url]);
        assert.equal(code, 0, stderr);
        assert.equal(report.simulated, false);
        assert.deepEqual(Object.keys(report.resources).sort(), resources.map(({ name }) => name).sort());
        for (const [name, { received, validated, errored, tables }] of Object.entries(report.resources)) {
          const records = readRecorded(name).length;
          assert.deepEqual([received, validated, errored], [records, records, 0], name);
          const counts = Object.entries(tables).map(([table, { inserted }]) => [table, inserted]);
          assert.deepEqual(Object.fromEntries(counts), RECORDED_ROWS[name]);
        }
        const counted = Object.values(RECORDED_ROWS).flatMap((tables) => Object.keys(tables));
        const sql = counted
          .map((table) => `SELECT '${table}' AS name, count(*) AS rows FROM ${table}`)
          .join(' UNION ALL ');
        const found = await workspace.json<{ name: string; rows: number }[]>(['query', sql]);
        assert.deepEqual(
          Object.fromEntries(found.map(({ name, rows }) => [name, rows])),
          Object.assign({}, ...Object.values(RECORDED_ROWS)),
        );
      });

      void it(
        'become the business columns of launches through renaming, lookups and trimming',
        { skip: embedded },
        async () => {
          const columns = Object.keys(expectedLaunch({}, []));
          const rows = await workspace.json<Record<string, string>[]>([
            'query',
            `SELECT ${columns.join(', ')} FROM launches ORDER BY id COLLATE "C"`,
          ]);
          const found = rows.map((row) => ({
            ...row,
            launch_date_utc: Date.parse(row['launch_date_utc'] ?? ''),
            launch_date_local: Date.parse(row['launch_date_local'] ?? ''),
          }));
          const rockets = readRecorded('rockets');
          const expected = readRecorded('launches')
            .map((launch) => expectedLaunch(launch, rockets))
            .sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1));
          assert.equal(expected.length, 205);
          assert.deepEqual(found, expected);
        },
      );

      void it('can be exported and queried through views, and are verified as published', async () => {
        const out = path.join(workspace.folder, 'out');
        const views = ['launch_success', 'booster_reuse'];
        const written = await workspace.json<{ table: string; rows: number }[]>([
          'export',
          '--tables',
          views.join(),
          '--out',
          out,
        ]);
        assert.deepEqual(
          written.map(({ table, rows }) => [table, rows]),
          [
            ['booster_reuse', 75],
            ['launch_success', 3],
          ],
        );
        assert.match(
          readFileSync(path.join(out, 'launch_success.csv'), 'utf8'),
          /^rocket_id,rocket_name,.*\n.*Falcon 1,5,2,3,0,40,/,
        );
        assert.deepEqual(await workspace.json(['query', 'SELECT count(*) AS n FROM crew_flights']), [
          { n: 30 },
        ]);
        const verdict = await workspace.json<{ intact: boolean; tables: readonly unknown[] }>(['verify']);
        assert.equal(verdict.intact, true);
        assert.equal(verdict.tables.length, resources.flatMap(({ tables }) => tables).length);
      });

      void it('are unchanged in a second run, both with 304 and with --full', async () => {
        for (const { flags, status } of [
          { flags: [], status: 304 },
          { flags: ['--full'], status: 200 },
        ]) {
          if (embedded !== false && status === 200) continue;
          const { code, report, stderr } = await workspace.pull(['--source', api.url, ...flags]);
          assert.equal(code, 0, stderr);
          for (const [name, { unchanged, inserted, updated, deleted, not_modified }] of Object.entries(
            report.resources,
          )) {
            assert.deepEqual(
              [unchanged, inserted, updated, deleted, not_modified],
              [RECORDED_ROWS[name]?.[name], 0, 0, 0, status === 304],
            );
          }
          const gets = api.requests.filter(({ method }) => method === 'GET').slice(-resources.length);
          assert.deepEqual(new Set(gets.map((one) => one.status)), new Set([status]));
        }
        if (embedded !== false) return;
        const { stdout } = await workspace.run(['run', '--source', api.url]);
        assert.match(stdout, /^✓ .* · everything is unchanged$/m);
      });
    },
  );
}
