import assert from 'node:assert/strict';
import { test } from 'node:test';

import { failure, FILE, load, messageOf, type Setup } from '../../test/support/config-folder.ts';

test('a URL from any layer overrides PGHOST, which overrides POSTGRES_HOST; urlFrom names the setting that was used', async () => {
  const file = { database: { url: 'postgresql://file/d' } };
  const dotEnv = 'SPACEX_PIPELINE_DATABASE_URL=postgresql://dot/d';
  const hosts = { PGHOST: 'pg', POSTGRES_HOST: 'pp' };
  const env = { DATABASE_URL: 'postgresql://env/d', ...hosts };
  const chosen = async (setup: Setup): Promise<readonly unknown[]> => {
    const { config, origins, urlFrom, cwd } = await load(setup);
    const host = /\/\/(\w+)/.exec(config.database.url ?? '')?.[1];
    return [host, origins['database.url'].replace(cwd, ''), urlFrom];
  };
  const flags = { database: { url: 'postgresql://flag/d' } };
  assert.deepEqual(await chosen({ file, dotEnv, env, flags }), [
    'flag',
    'flag --database-url',
    '--database-url',
  ]);
  assert.deepEqual(await chosen({ file, dotEnv, env }), ['env', 'environment DATABASE_URL', 'DATABASE_URL']);
  const name = 'SPACEX_PIPELINE_DATABASE_URL';
  assert.deepEqual(await chosen({ file, dotEnv, env: hosts }), ['dot', `.env ${name}`, `${name} in .env`]);
  const inFile = `database.url in ${FILE}`;
  assert.deepEqual(await chosen({ file, env: hosts }), ['file', `file /${FILE}`, inFile]);
  assert.deepEqual(await chosen({ env: hosts }), ['pg', 'environment PGHOST', 'PGHOST']);
  assert.deepEqual(await chosen({ dotEnv: 'PGHOST=pg', env: { POSTGRES_HOST: 'pp' } }), [
    'pp',
    'environment POSTGRES_HOST',
    'POSTGRES_HOST',
  ]);
  const none = { DATABASE_URL: '', PGHOST: ' ' };
  const openHost = { DATABASE_URL: 'postgresql:///d', PGHOST: 'pg' };
  assert.deepEqual((await chosen({ env: openHost })).slice(1), ['environment DATABASE_URL', 'PGHOST']);
  assert.deepEqual(await chosen({ dotEnv: 'POSTGRES_HOST=pp', env: none }), [
    'pp',
    '.env POSTGRES_HOST',
    'POSTGRES_HOST in .env',
  ]);
});

test('null in the file selects the embedded database, even if a variable names a host', async () => {
  const { config, origins, file } = await load({ file: { database: { url: null } }, env: { PGHOST: 'h' } });
  assert.deepEqual([config.database.url, origins['database.url']], [null, `file ${file}`]);
  assert.match(await messageOf({ file: { database: { url: '' } } }), /database\.url must be .*, found ""$/);
  assert.match(
    await messageOf({ flags: { database: { url: '' } } }),
    /^Cannot use --database-url: .*found ""$/,
  );
});

test('only a URL or a host switches from the embedded database to a server', async () => {
  const login = { POSTGRES_USER: 'u', POSTGRES_PASSWORD: 'p', POSTGRES_DB: 'd', PGPORT: '1', PGUSER: 'u' };
  const url = async (setup: Setup): Promise<string | null> => (await load(setup)).config.database.url;
  assert.equal(await url({ env: login }), null);
  assert.equal(await url({ env: { ...login, POSTGRES_HOST: '', PGHOST: ' ', DATABASE_URL: '' } }), null);
  assert.equal(await url({ env: { ...login, POSTGRES_HOST: 'h' } }), 'postgresql://u:p@h:1/d');
  assert.equal(await url({ dotEnv: 'PGHOST=h' }), 'postgresql://h/');
});

test("if a flag sets the value, other programs' variables are ignored", async () => {
  const flags = { database: { url: 'postgresql://h:1/d' } };
  for (const env of [{ DATABASE_URL: 'mysql://h' }, { PGHOST: 'h', PGPORT: 'x' }]) {
    assert.equal((await load({ env, flags })).config.database.url, 'postgresql://h:1/d');
    await failure(load({ env }));
  }
});

test('PGPASSWORD supplies the password for a database URL that lacks one, whichever layer set the URL', async () => {
  const url = 'postgresql://u@h/d';
  const dotEnv = 'PGPASSWORD=p';
  for (const setup of [
    { file: { database: { url } } },
    { env: { DATABASE_URL: url } },
    { flags: { database: { url } } },
  ]) {
    assert.equal((await load({ ...setup, dotEnv })).config.database.url, `${url}?password=p`);
  }
});
