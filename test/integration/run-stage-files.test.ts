import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, it } from 'node:test';

import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

import spacex from '../../src/sources/spacex/source.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { createTestServer, readText, type TestServer } from '../support/workspace.ts';

const { resources } = spacex;

let server: TestServer;
before(async () => {
  server = await createTestServer();
});
after(() => server.close());

/**
 * Counts the differences between the rows of a CSV file, once copied into a table, and the rows of an existing table.
 */
async function differences(schema: string, table: string, csv: string): Promise<number> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    const [header = ''] = csv.split('\n', 1);
    await client.query(
      `SET search_path = ${schema}; CREATE TEMP TABLE copied AS SELECT ${header} FROM ${table} LIMIT 0`,
    );
    await pipeline(
      Readable.from([csv]),
      client.query(copyFrom('COPY copied FROM STDIN (FORMAT csv, HEADER match)')),
    );
    const { rows } = await client.query<{ n: number }>(
      `SELECT (SELECT count(*)::int FROM (TABLE copied EXCEPT ALL SELECT ${header} FROM ${table}) a)
        + (SELECT count(*)::int FROM (SELECT ${header} FROM ${table} EXCEPT ALL TABLE copied) b) AS n`,
    );
    return rows[0]?.n ?? -1;
  } finally {
    await client.end();
  }
}

void describe('stage files', { concurrency: 3 }, () => {
  for (const faults of ['', 'pretty', 'crlf,bom', 'pretty,crlf,bom']) {
    void it(`contain what was received and what was loaded (${faults || 'one line'})`, async (t) => {
      const sandbox = await startSandbox({ launches: 20, faults });
      t.after(sandbox.close);
      const { pull, schema } = server.workspace({ resources: null });
      const { code, report, stderr } = await pull([
        '--migrate',
        '--source',
        sandbox.url,
        '--batch-size',
        '8',
      ]);
      assert.equal(code, 0, stderr);
      const dir = report.run_dir ?? '';
      for (const { name, shape, tables } of resources) {
        const raw = readText(dir, 'raw', name, '0001.json');
        const validated = readText(dir, 'validated', `${name}.ndjson`);
        const spaced = validated.trimEnd().split('\n');
        const body: unknown = JSON.parse(raw.replace(/^\uFEFF/, ''));
        assert.deepEqual(
          spaced.map((line): unknown => JSON.parse(line)),
          shape === 'array' ? body : [body],
        );
        const flat = raw.replaceAll(/[\r\n]/g, ' ');
        let at = 0;
        for (const line of spaced) {
          const found = flat.indexOf(line, at);
          assert.notEqual(found, -1, `not the original bytes: ${line.slice(0, 200)}`);
          at = found + line.length;
        }
        assert.equal(readText(dir, 'errored', `${name}.ndjson`), '');
        for (const { name: table, columns } of tables) {
          const csv = readText(dir, 'intermediate', `${table}.csv`);
          assert.equal(csv.split('\n', 1)[0], Object.keys(columns).join(','));
          assert.equal(await differences(schema, table, csv), 0);
        }
      }
    });
  }
});
