import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { failure, FILE, folderWith, load, messageOf, type Setup } from '../../test/support/config-folder.ts';
import { describeConfig, loadConfig, type LoadedConfig } from './load.ts';
import { listSettings, treeOf, type Setting } from './keys.ts';

test('every key has the same order of precedence: flag, environment, .env, file', async () => {
  const settings = listSettings();
  const samples: Readonly<Record<string, readonly unknown[]>> = {
    noProxy: ['a', 'b', 'c', '*'],
    resources: [['a'], ['b'], ['c'], ['d']],
    token: ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(40)),
    provider: ['1', '2', '3', 'all'],
    dataDir: ['/a', '/b', '/c', '/d'],
    'database.url': ['postgresql://a', 'postgresql://b', 'postgresql://c', 'postgresql://d'],
    schema: ['a', 'b', 'c', 'd'],
    jobs: ['a', 'b', 'c', 'd'].map((name) => ({ [name]: { enabled: false } })),
    'serve.host': ['a', 'b', 'c', 'd'],
    'serve.token': ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(16)),
    'serve.queueSchema': ['a', 'b', 'c', 'd'],
    'log.level': ['debug', 'warn', 'error', 'debug'],
    'log.format': ['json', 'text', 'json', 'text'],
    limits: [1, 2, 3, 4].map((count) => ({ any: { rejects: { count } } })),
  };
  const usual = ({ default: byDefault, ...schema }: Setting['schema']): readonly unknown[] => {
    if (typeof byDefault === 'boolean') return [!byDefault, byDefault, !byDefault, byDefault];
    if ('format' in schema) return ['http://a', 'http://b', 'https://c', 'http://d'];
    return 'maximum' in schema && schema.maximum === 1 ? [0.2, 0.3, 0.4, 0.5] : [11, 12, 13, 14];
  };
  const sample = ({ key, ofSource, schema }: Setting, layer: number) =>
    (samples[ofSource ?? key] ?? usual(schema))[layer];
  const layer = (index: number) =>
    treeOf(settings.map((one) => ({ path: one.path, value: sample(one, index) })));
  const textOf = (value: unknown): string =>
    JSON.stringify(value).startsWith('{') ? JSON.stringify(value) : String(value);
  const variables = (index: number) =>
    settings.map((one) => [one.variable, textOf(sample(one, index))] as const);
  const file = layer(0);
  const dotEnv = variables(1)
    .map((pair) => pair.join('='))
    .join('\n');
  const env = Object.fromEntries(variables(2));
  type Name = (key: Setting) => string;
  const expectLayer = ({ config, origins }: LoadedConfig, index: number, origin: Name): void => {
    assert.deepEqual(config, layer(index));
    for (const setting of settings) assert.equal(origins[setting.key], origin(setting));
  };
  const fromFile = await load({ file });
  expectLayer(fromFile, 0, () => `file ${fromFile.file}`);
  expectLayer(await load({ file, dotEnv }), 1, ({ variable }) => `.env ${variable}`);
  expectLayer(await load({ file, dotEnv, env }), 2, ({ variable }) => `environment ${variable}`);
  expectLayer(
    await load({ file, dotEnv, env, flags: layer(3) }),
    3,
    ({ flag, schema }) => `flag ${schema.default === false ? `--no-${flag.slice(2)}` : flag}`,
  );
});

test('the error for an invalid value names its file, variable or flag, and counts further problems', async () => {
  const complaint = 'must be a whole number from 1 to 1000000, found "many"';
  const file = { batchSize: 'many' };
  assert.equal(await messageOf({ file }), `Cannot use ${FILE}: batchSize ${complaint}`);
  const name = 'SPACEX_PIPELINE_BATCH_SIZE';
  assert.equal(await messageOf({ env: { [name]: 'many' } }), `Cannot use ${name}: ${complaint}`);
  assert.equal(await messageOf({ dotEnv: `${name}=many` }), `Cannot use ${name} in .env: ${complaint}`);
  assert.equal(await messageOf({ flags: { batchSize: 'many' } }), `Cannot use --batch-size: ${complaint}`);
  const more = { atomic: 1, color: 2, batchSize: 'many' };
  assert.equal(await messageOf({ file: more }), `Cannot use ${FILE}: unknown key "color" (and 2 more)`);
  assert.match(
    await messageOf({ dotEnv: 'SPACEX_PIPELINE_COLOR=1' }),
    /^Cannot use SPACEX_PIPELINE_COLOR in \.env: unknown/,
  );
  assert.equal(await messageOf({ file: 'null' }), `Cannot use ${FILE}: must be an object, found null`);
});

test('an empty variable counts as unset, in the real environment and in .env', async () => {
  const { config, origins } = await load({
    file: { concurrency: 1, batchSize: 1, deletes: false },
    dotEnv:
      'SPACEX_PIPELINE_CONCURRENCY=2\nexport SPACEX_PIPELINE_BATCH_SIZE="2" # two\nSPACEX_PIPELINE_DELETES=\n',
    env: { SPACEX_PIPELINE_CONCURRENCY: '3', SPACEX_PIPELINE_BATCH_SIZE: '' },
  });
  assert.deepEqual([config.concurrency, config.batchSize, config.deletes], [3, 2, false]);
  assert.equal(origins.concurrency, 'environment SPACEX_PIPELINE_CONCURRENCY');
  assert.equal(origins.batchSize, '.env SPACEX_PIPELINE_BATCH_SIZE');
});

test('a folder named .env is not read as a .env file', async () => {
  const cwd = await folderWith({ '.env/pyvenv.cfg': '' });
  assert.equal((await loadConfig({ env: {}, cwd })).config.concurrency, 4);
});

test("a relative path in the file is resolved against the file's folder, and any other relative path against the current folder", async () => {
  const cwd = await folderWith({ 'etc/a.json': { dataDir: '../runs' }, 'etc/b.json': {} });
  const dataDir = async (config: string, more: Setup = {}): Promise<string> =>
    (await loadConfig({ cwd, env: more.env ?? {}, flags: { ...more.flags, config } })).config.dataDir;
  assert.equal(await dataDir('etc/a.json'), join(cwd, 'runs'));
  assert.equal(await dataDir('etc/b.json'), join(cwd, 'etc', 'data'));
  assert.equal(await dataDir('etc/a.json', { env: { SPACEX_PIPELINE_DATA_DIR: 'x' } }), join(cwd, 'x'));
  assert.equal(await dataDir('etc/a.json', { flags: { dataDir: './y' } }), join(cwd, 'y'));
});

test('.env is read from the folder of the configuration file', async () => {
  const cwd = await folderWith({ 'etc/a.json': {}, 'etc/.env': 'SPACEX_PIPELINE_CONCURRENCY=7' });
  const { config, file } = await loadConfig({ cwd, env: {}, flags: { config: 'etc/a.json' } });
  assert.equal(config.concurrency, 7);
  assert.equal(file, join(cwd, 'etc', 'a.json'));
});

test('trailing slashes are removed from a base URL, whichever layer set it', async () => {
  const baseUrl = async (setup: Setup): Promise<string> =>
    (await load(setup)).config.sources['spacex']?.baseUrl ?? '';
  assert.equal(await baseUrl({ env: { SPACEX_API_BASE_URL: 'https://a.test/' } }), 'https://a.test');
  assert.equal(await baseUrl({ env: { SPACEX_API_BASE_URL: 'https://a.test' } }), 'https://a.test');
  assert.equal(
    await baseUrl({ file: { sources: { spacex: { baseUrl: 'https://a.test/x//' } } } }),
    'https://a.test/x',
  );
  assert.equal(
    await baseUrl({ flags: { sources: { spacex: { baseUrl: 'https://a.test/' } } } }),
    'https://a.test',
  );
});

test('a file that is not JSON is rejected with the line and column of the error', async () => {
  assert.equal(
    await messageOf({ file: '{\n  "batchSize": 1,\n}' }),
    `Cannot read ${FILE}: line 3, column 1: expected a name in double quotes, found "}"`,
  );
});

test('a key that appears twice is rejected, in the file and in a variable', async () => {
  assert.equal(
    await messageOf({ file: '{"log": {\n  "level": "info",\n  "level": "warn" } }' }),
    `Cannot use ${FILE}: line 3, column 3: "log.level" appears twice`,
  );
  const name = 'SPACEX_PIPELINE_RESOURCE_LIMITS';
  assert.equal(
    await messageOf({ env: { [name]: '{"any": {}, "any": {"rejects": {"count": 1}}}' } }),
    `Cannot use ${name}: "any" appears twice`,
  );
});

test('a file that is not UTF-8 is rejected with an error that names the file and, if possible, the line', async () => {
  const text = '{\n "dataDir": "größe" }';
  const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le');
  const wrong = [
    [utf16, 'it is UTF-16, not UTF-8'],
    [Buffer.from(utf16).swap16(), 'it is UTF-16, not UTF-8'],
    [utf16.subarray(2), 'line 1 is not UTF-8'],
    [Buffer.from(text, 'latin1'), 'line 2 is not UTF-8'],
  ] as const;
  for (const [bytes, reason] of wrong) {
    for (const name of [FILE, '.env']) {
      const cwd = await folderWith({ [name]: bytes });
      const { message, hint } = await failure(loadConfig({ env: {}, cwd }));
      const shown = name === FILE ? name : join(cwd, name);
      assert.equal(message, `Cannot read ${shown}: ${reason}`);
      assert.match(hint ?? '', /UTF-8/);
    }
  }
  const dotEnv = '\uFEFFSPACEX_PIPELINE_SCHEMA=größe';
  assert.equal((await load({ dotEnv })).config.sources['spacex']?.schema, 'größe');
});

test('a line in .env that names one of our variables without setting it is rejected', async () => {
  const { message } = await failure(load({ dotEnv: '\nSPACEX_PIPELINE_SCHEMA: mine\n' }));
  assert.match(message, /^Cannot read .*\.env: line 2 names SPACEX_PIPELINE_SCHEMA, but does not set it$/);
});

test('a file with a byte order mark and a $schema is read', async () => {
  const { config } = await load({ file: '\uFEFF{ "$schema": "./x.json", "batchSize": 7 }' });
  assert.equal(config.batchSize, 7);
});

test('a file named by --config must exist', async () => {
  const missing = await failure(load({ flags: { config: 'no.json' } }));
  assert.equal(missing.message, 'Cannot read no.json: there is no such file');
  assert.match((await failure(load({ flags: { config: '.' } }))).message, /^Cannot read \.: .*directory/);
});

test('an invalid URL is shown without its password', async () => {
  for (const url of [
    'mysql://u:geheim@h/d',
    'u:geheim@h/d',
    'postgresql://u:geheim@h:99999/d',
    'host=h password=geheim',
  ]) {
    const message = await messageOf({ env: { DATABASE_URL: url } });
    assert.match(message, /^Cannot use DATABASE_URL: must be a .*URL.*, found ".*\*\*\*/);
    assert.doesNotMatch(message, /geheim/);
  }
});

test('the origin of a negated flag starts with --no-', async () => {
  const { config, origins } = await load({ flags: { deletes: false } });
  assert.equal(config.deletes, false);
  assert.equal(origins.deletes, 'flag --no-deletes');
});

test('the description lists every key with its origin, but no secrets', async () => {
  const loaded = await load({
    env: {
      POSTGRES_HOST: 'h',
      POSTGRES_USER: 'u',
      POSTGRES_PASSWORD: 'geheim',
      HTTPS_PROXY: 'u:geheim@p:1',
      SPACEX_PIPELINE_RECORDINGS_URL: 'https://geheim@r.test/',
      SPACEX_PIPELINE_LAUNCH_LIBRARY_TOKEN: 'geheim'.repeat(4),
    },
    flags: { sources: { spacex: { baseUrl: 'https://geheim@a.test/' } } },
  });
  const entries = describeConfig(loaded);
  assert.deepEqual(
    entries.map(({ key }) => key),
    listSettings().map(({ key }) => key),
  );
  const entry = (name: string) => entries.find(({ key }) => key === name);
  assert.deepEqual(entry('database.url'), {
    key: 'database.url',
    value: 'postgresql://u:***@h/',
    origin: 'environment POSTGRES_HOST',
  });
  assert.equal(entry('sources.spacex.baseUrl')?.value, 'https://***@a.test');
  assert.equal(entry('sources.spacex.recordingsUrl')?.value, 'https://***@r.test');
  assert.equal(entry('sources.spacex.httpsProxy')?.value, 'http://***@p:1');
  assert.equal(entry('sources.launch-library.token')?.value, '***');
  assert.doesNotMatch(JSON.stringify(entries), /geheim/);
  const short = await messageOf({ env: { SPACEX_PIPELINE_LAUNCH_LIBRARY_TOKEN: 'geheim' } });
  assert.match(short, /_TOKEN: must be at least 16 ASCII characters without spaces, found 6 characters$/);
});

test('the description of jobs masks the credentials in their URLs', async () => {
  const jobs = { pull: { from: 'https://me:geheim@a.test/v4', resources: ['rockets'] } };
  const entry = describeConfig(await load({ file: { jobs } })).find(({ key }) => key === 'jobs');
  assert.deepEqual(entry?.value, { pull: { from: 'https://***@a.test/v4', resources: ['rockets'] } });
});

test('the configuration is deeply frozen', async () => {
  const { config, origins } = await load({ file: { sources: { spacex: { resources: ['a'] } } } });
  for (const part of [config, config.limits.rejects, config.sources['spacex']?.resources, origins])
    assert.ok(Object.isFrozen(part));
});
