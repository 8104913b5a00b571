import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';

import { openEmbedded } from '../../src/adapters/postgres/embedded.ts';
import { vacuum } from '../../src/adapters/postgres/vacuum.ts';
import { copyEmbedded } from '../support/embedded-template.ts';

it('the embedded database does not grow with each update', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'test-vacuum-'));
  await copyEmbedded(path.join(folder, 'database'));
  const database = await openEmbedded({ dir: path.join(folder, 'database'), schema: 'public' });
  t.after(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });
  const session = await database.connect();
  await session.query(
    `CREATE TABLE "Odd name" AS SELECT g AS a, repeat('x', 200) AS b FROM generate_series(1, 3000) g`,
  );
  const size = async (): Promise<number> => {
    const { bytes } = await session.one<{ bytes: string }>(`SELECT pg_table_size('"Odd name"') AS bytes`);
    return Number(bytes);
  };
  const first = await size();
  assert.equal(await vacuum(session), 0, 'with nothing to do');
  for (let round = 0; round < 8; round += 1) {
    await session.query(`UPDATE "Odd name" SET b = reverse(b)`);
    assert.ok((await vacuum(session)) >= 1);
  }
  assert.ok((await size()) < 3 * first, `${await size()} bytes, but ${first} at first`);
});
