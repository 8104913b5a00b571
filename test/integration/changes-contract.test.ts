import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, it } from 'node:test';

import type { RunReport } from '../../src/core/run.ts';
import { startLaunchLibrary } from '../../src/sandbox/launch-library/server.ts';
import { LAUNCHER, runHere } from '../support/cli.ts';
import { copyProgram } from '../support/copied-program.ts';
import {
  createChangingWorld,
  simulatedLaunches,
  updatedAt,
} from '../support/launch-library/changing-world.ts';
import { createTestServer } from '../support/workspace.ts';

const server = await createTestServer();
after(() => server.close());
const mended = await copyProgram();
after(() => mended.remove());

const CONTRACT = join(mended.folder, 'src', 'sources', 'launch-library', 'contract.ts');
const HOUR = 3_600_000;

void it('a record that broke its contract is loaded once the contract is fixed, without being requested again', async (t) => {
  const records = simulatedLaunches(12);
  const [nameless = {}, other = {}] = records;
  const world = createChangingWorld(records);
  let now = Date.now() - 5 * HOUR;
  const library = await startLaunchLibrary({ world, clock: { now: () => now } });
  t.after(() => library.close());
  const workspace = server.workspace({
    others: { 'launch-library': { baseUrl: library.baseUrl, provider: 'all', schema: 'mended' } },
  });
  const text = await readFile(CONTRACT, 'utf8');
  assert.ok(text.includes('  name: nonBlankText(),'));
  await writeFile(CONTRACT, text.replace('  name: nonBlankText(),', '  name: text(),'));

  async function pull(launcher: string) {
    now += HOUR;
    const args = ['run', '--source', 'launch-library', '--migrate', '--json'];
    const { code, stderr, stdout } = await runHere(args, { cwd: workspace.folder, launcher });
    assert.equal(code, 0, stderr);
    const { resources } = JSON.parse(stdout) as RunReport;
    return resources['launches'] ?? assert.fail();
  }
  const nameOf = async () =>
    workspace.sql(`SELECT name FROM mended.launches WHERE id = '${String(nameless['id'])}'`);

  await pull(LAUNCHER);
  world.put(
    updatedAt(nameless, now + HOUR / 2, { name: '' }),
    updatedAt(other, now + HOUR / 2, { name: 'Renamed' }),
  );
  const polled = await pull(LAUNCHER);
  assert.partialDeepStrictEqual(polled, { received: 2, validated: 1, errored: 1, held: 1, updated: 1 });
  // The row comes from the newest valid record.
  assert.deepEqual(await nameOf(), [{ name: nameless['name'] }]);

  const before = library.requests().length;
  const loaded = await pull(mended.launcher);
  assert.partialDeepStrictEqual(loaded, { pass: 'changes', errored: 0, updated: 1, repeated: 2 });
  assert.deepEqual(await nameOf(), [{ name: '' }]);
  const asked = library.requests().slice(before);
  assert.equal(asked.filter(({ path }) => path.includes('/launches/')).length, 1);
  const [open] = await workspace.sql<{ open: number }>(
    `SELECT count(*)::int AS open FROM mended_pipeline.rejects WHERE status = 'open'`,
  );
  assert.deepEqual(open, { open: 0 });
  assert.equal((await runHere(['verify'], { cwd: workspace.folder, launcher: mended.launcher })).code, 0);
});
