import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { startSandbox } from '../../src/sandbox/server.ts';
import {
  assertFailure,
  createTestServer,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';

let server: TestServer;
let workspace: ServerWorkspace;
type Exported = { readonly table: string; readonly file: string; readonly rows: number };

before(async () => {
  server = await createTestServer();
  workspace = server.workspace();
  const api = await startSandbox({ launches: 60 });
  const { code, stderr } = await workspace.pull(['--migrate', '--source', api.url]);
  await api.close();
  assert.equal(code, 0, stderr);
});
after(() => server.close());

void describe('export', () => {
  void it('writes every table, with every row, as CSV', async () => {
    const written = await workspace.json<Exported[]>(['export', '--out', 'all']);
    assert.deepEqual(
      written.map(({ file }) => file),
      readdirSync(join(workspace.folder, 'all'))
        .sort()
        .map((name) => join(workspace.folder, 'all', name)),
    );
    for (const { table, file, rows } of written) {
      const [count] = await workspace.sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
      assert.equal(rows, count?.n, table);
      const query = await workspace.run(['query', '--csv', `SELECT * FROM ${table} ORDER BY 1, 2, 3`]);
      assert.deepEqual(sortedLines(readFileSync(file, 'utf8')), sortedLines(query.stdout), table);
    }
    const names = written.map(({ table }) => table);
    assert.ok(names.includes('launches') && names.includes('launch_cores') && names.includes('rockets'));
  });

  void it('writes what query --json says as NDJSON, and tells it as a table', async () => {
    const { code, stdout } = await workspace.run(['export', '--tables', 'launches', '--format', 'ndjson']);
    assert.equal(code, 0);
    assert.match(stdout, /^launches +60 +\S+launches\.ndjson$/m);
    const lines = readFileSync(join(workspace.folder, 'export', 'launches.ndjson'), 'utf8').trimEnd();
    const rows = await workspace.json<unknown[]>(['query', 'SELECT * FROM launches ORDER BY id']);
    assert.equal(rows.length, 60);
    assert.deepEqual(
      lines.split('\n').map((line): unknown => JSON.parse(line)),
      rows,
    );
  });

  void it('refuses tables that are not there, and writes none', async () => {
    const result = await workspace.run(['export', '--tables', 'rockets,nix', '--out', 'none']);
    assertFailure(result, { code: 2, message: /^error: Cannot export nix: not in schema / });
    assert.ok(!workspace.list().includes('none'));
  });

  void it('refuses a place that cannot be written', async () => {
    writeFileSync(join(workspace.folder, 'file'), '');
    assertFailure(await workspace.run(['export', '--out', 'file']), {
      code: 1,
      message: /^error: Cannot write \S+file: /,
    });
  });
});

function sortedLines(text: string): string[] {
  return text.split('\n').sort();
}
