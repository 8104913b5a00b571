import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { sources } from '../../src/sources/index.ts';
import { startApi } from '../support/api.ts';
import { runHere } from '../support/cli.ts';
import { blocksBelow } from '../support/markdown.ts';
import { ADDRESS, addMoonWatch, MOONS, PAGE } from '../support/moons.ts';
import { assertFailure } from '../support/workspace.ts';

describe('docs/add-a-source.md', () => {
  it('describes steps that work as written', async () => {
    const { folder, launcher, remove, type } = await addMoonWatch();
    after(remove);
    const read = (...path: readonly string[]): Promise<string> => readFile(join(folder, ...path), 'utf8');
    await type('tsc --project .');
    await type('oxfmt --check src/sources/moon-watch');
    await type('oxlint --deny-warnings src/sources/moon-watch');

    await type(blocksBelow(PAGE, 'sh', '4.')[0]);
    assert.match(await read('migrations', 'moon-watch', '0001_tables.sql'), /^CREATE TABLE moons \($/m);

    const [generate] = blocksBelow(PAGE, 'sh', '5.');
    const { stdout: tested } = await type(generate);
    assert.match(tested, /\bresource moons\b/);
    assert.match(await read('spacex-pipeline.config.schema.json'), /^ +"moon-watch": \{$/m);
    assert.match(await read('docs', 'dbt-sources.yml'), /schema: moon_watch$/m);

    const api = await startApi({ '/moons': { body: MOONS } });
    after(api.close);
    const [run] = blocksBelow(PAGE, 'sh', '6.');
    const { stdout } = await type(run.replace(ADDRESS, api.url));
    assert.match(stdout, /^Io +NULL\nLuna +1737$/m);

    const options = { cwd: folder, launcher };
    assertFailure(await runHere(['run', '--source', 'moon-watch', '--from', 'sandbox'], options), {
      code: 2,
      message: /Cannot pull moon-watch from the sandbox: it has no stand-in/,
      hint: /Use --from live, or --from with the base URL of an API/,
    });
    const env = { SPACEX_PIPELINE_MOON_WATCH_URL: 'http://127.0.0.1:1' };
    const unreachable = await runHere(['run', '--source', 'moon-watch', '--or-sandbox'], { ...options, env });
    assertFailure(unreachable, { code: 3, message: /moons/ });
    assert.match(unreachable.stderr, /--or-sandbox has no effect: moon-watch has no stand-in/);
  });

  it('explains every field of a source', () => {
    const fields = [...PAGE.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name);
    assert.deepEqual(fields, Object.keys(sources[0]));
  });
});
