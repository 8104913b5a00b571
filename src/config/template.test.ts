import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FILE, load, messageOf } from '../../test/support/config-folder.ts';
import { defaultJobs, readJobs } from './jobs.ts';
import { configTemplate } from './template.ts';

const NOTHING = { schema: './x.json', dataDir: null, databaseUrl: null };

test('the template shows the defaults', async () => {
  const { cwd, ...loaded } = await load({ file: configTemplate(NOTHING) });
  const { cwd: bare, config } = await load({});
  const { dataDir, jobs, ...rest } = loaded.config;
  const { dataDir: bareDir, jobs: none, ...defaults } = config;
  assert.deepEqual(rest, defaults);
  assert.deepEqual([dataDir.slice(cwd.length), none], [bareDir.slice(bare.length), {}]);
  const { rejects, vanished } = config.limits;
  const said = await readJobs(loaded);
  assert.deepEqual(
    said,
    defaultJobs().map((job) => ({ ...job, limits: { rejects, vanished } })),
  );
  assert.equal(Object.keys(jobs).length, said.length);
});

test('the template contains the given values, whatever characters they contain', async () => {
  const given = {
    schema: './x.json',
    dataDir: 'a "b"\\c',
    databaseUrl: 'postgresql://me@h/%22d%22?sslmode=disable',
  };
  const { config, cwd } = await load({ file: configTemplate(given) });
  assert.deepEqual(
    [config.dataDir, config.database.url?.slice(0, 22)],
    [`${cwd}/a "b"\\c`, 'postgresql://me@h/%22d'],
  );
});

test('a file can contain comments, which do not affect line and column numbers', async () => {
  const commented = `// One "line\n{ /* two\n lines, "log": 1 */ "log": { "level": /* 😀 */ "debug" } // end\n}\n// "x": 1`;
  for (const file of [commented, '{ "log": { "level": "debug" }, "sources": {} } // https://x'])
    assert.equal((await load({ file })).config.log.level, 'debug');
  assert.equal(
    await messageOf({ file: '// One\n{ /* 😀 */ "log": 1, "log": 2 }' }),
    `Cannot use ${FILE}: line 2, column 22: "log" appears twice`,
  );
  assert.equal(
    await messageOf({ file: '{\n  // One\n  "log": {}, /* two */\n}' }),
    `Cannot read ${FILE}: line 4, column 1: expected a name in double quotes, found "}"`,
  );
  assert.equal(
    await messageOf({ file: '{\n  "log": {} /* never closed\n}' }),
    `Cannot read ${FILE}: line 2, column 13: expected "," or "}", found "/"`,
  );
  assert.equal(
    await messageOf({ file: '{ "log": { "level": "// info" } }' }),
    `Cannot use ${FILE}: log.level must be one of debug, info, warn, error, found "// info"`,
  );
});
