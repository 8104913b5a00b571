import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { startSandbox } from '../../src/sandbox/server.ts';
import { sources } from '../../src/sources/index.ts';
import {
  assertFailure,
  createTestServer,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';
import type { TableReport } from '../../src/output/documents.ts';

let server: TestServer;
let workspace: ServerWorkspace;
let run: string;

before(async () => {
  server = await createTestServer();
  workspace = server.workspace();
  const sandbox = await startSandbox({ launches: 10 });
  const { code, report, stderr } = await workspace.pull(['--migrate', '--source', sandbox.url]);
  await sandbox.close();
  assert.equal(code, 0, stderr);
  run = report.run_id ?? '';
});
after(() => server.close());

void describe('tables', () => {
  void it('lists every table and view of the sources, with rows, size and last change', async () => {
    const found = await workspace.json<TableReport[]>(['tables']);
    for (const source of sources)
      for (const { tables } of source.resources)
        for (const { doc, name } of tables) {
          const one = found.find((table) => table.name === name && table.source === source.name);
          assert.equal(one?.description, doc, name);
        }
    const launches = found.find(({ name, source }) => name === 'launches' && source === 'spacex');
    assert.deepEqual([launches?.rows, launches?.kind, launches?.empty], [10, 'table', null]);
    assert.ok(Number(launches?.bytes) > 0);
    const [{ at } = { at: '' }] = await workspace.sql<{ at: string }>(
      `SELECT to_json(finished_at) #>> '{}' AS at FROM runs`,
    );
    assert.equal(launches?.changed_at, new Date(at).toISOString());
    const views = found.filter(({ kind }) => kind === 'view');
    assert.ok(
      views.length > 0 && views.every(({ changed_at, rows }) => rows !== null && changed_at === null),
    );
    const { stdout } = await workspace.run(['tables']);
    assert.match(stdout, /^launches +table +10 +\d+ kB +(?:\d+ min )?\d+ s ago +Past and upcoming/m);
  });

  void it('explains why tables are empty, for each source', async () => {
    await workspace.sql(
      `INSERT INTO run_resources SELECT (r).* FROM (SELECT jsonb_populate_record(rr,
         '{"resource":"cores","status":"absent","received":0,"validated":0,"errored":0}') AS r
         FROM run_resources rr WHERE resource = 'rockets') one`,
    );
    await workspace.sql(`UPDATE runs SET address = 'archive' WHERE run_id = '${run}'`);
    const { stdout } = await workspace.run(['tables']);
    assert.match(stdout, /^cores: absent from the archive$/m);
    assert.match(stdout, /^ships: never requested$/m);
    assert.match(
      stdout,
      /^launch-library \(launches, .*\): never loaded; load it with: \S+ run --source launch-library$/m,
    );
    const found = await workspace.json<TableReport[]>(['tables', '--source', 'launch-library']);
    assert.ok(found.length > 0 && found.every(({ rows, source }) => rows === null && source !== 'spacex'));
  });

  void it('shows the columns of a table, in every source that has the table', async () => {
    const found = await workspace.json<TableReport[]>(['tables', 'launches']);
    assert.deepEqual(
      found.map(({ source }) => source),
      sources
        .filter(({ resources }) => resources.some(({ name }) => name === 'launches'))
        .map(({ name }) => name),
    );
    const name = found[0]?.columns.find((column) => column.name === 'name');
    assert.deepEqual([name?.type, name?.nullable, typeof name?.description], ['text', false, 'string']);
    const { stdout } = await workspace.run(['tables', 'launches', '--source', 'spacex']);
    assert.match(stdout, /^table \S+\.launches of source spacex: 10 rows, \d+ kB, changed .* ago\n/);
    assert.match(stdout, /^_loaded_at +timestamp with time zone +no +When/m);
    assertFailure(await workspace.run(['tables', 'lunches']), {
      code: 2,
      message: /Cannot find table "lunches": did you mean launches\?$/,
      hint: / tables launches$/,
    });
  });
});
