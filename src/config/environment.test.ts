import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findIn, readVariables, refuseUnknownVariables, type Environment } from './environment.ts';
import { listSettings, sourceVariable } from './keys.ts';
import type { ConfigKey } from './schema.ts';
import { PipelineError } from '../core/errors.ts';
import { sources } from '../sources/index.ts';

/** The values that the environment sets, each with its origin. */
function read(env: Environment, dotEnv: Environment = {}, settled: readonly ConfigKey[] = []) {
  const values = readVariables(listSettings(), findIn(env, dotEnv), new Set(settled));
  return Object.fromEntries(
    values.map(({ setting, value, variable }) => [setting.key, [value, variable.origin]]),
  );
}

test('proxy variables are read as in curl, lowercase first', () => {
  const env = { HTTPS_PROXY: 'http://a:1', https_proxy: 'b:2', HTTP_PROXY: 'c:3', NO_PROXY: '.lan' };
  const proxies = sources.flatMap(({ name }) => [
    [`sources.${name}.httpProxy`, ['c:3', 'environment HTTP_PROXY']],
    [`sources.${name}.httpsProxy`, ['b:2', 'environment https_proxy']],
    [`sources.${name}.noProxy`, ['.lan', 'environment NO_PROXY']],
  ]);
  assert.deepEqual(read(env), Object.fromEntries(proxies));
  const ours = { ...env, SPACEX_PIPELINE_HTTPS_PROXY: 'd:4' };
  assert.deepEqual(read(ours)['sources.spacex.httpsProxy'], [
    'd:4',
    'environment SPACEX_PIPELINE_HTTPS_PROXY',
  ]);
});

test('the variables of every source except the first include its name', () => {
  const env = {
    SPACEX_PIPELINE_LAUNCH_LIBRARY_URL: 'https://ll.thespacedevs.com/2.3.0/',
    SPACEX_PIPELINE_LAUNCH_LIBRARY_TOKEN: 'x'.repeat(40),
    SPACEX_PIPELINE_LAUNCH_LIBRARY_PROVIDER: '44',
    SPACEX_PIPELINE_LAUNCH_LIBRARY_PAGE_SIZE: '30',
    SPACEX_PIPELINE_LAUNCH_LIBRARY_FULL_AFTER_HOURS: '12',
    SPACEX_PIPELINE_LAUNCH_LIBRARY_SETTLE_SECONDS: '60',
    SPACEX_PIPELINE_LAUNCH_LIBRARY_HEADERS_TIMEOUT_SECONDS: '90',
  };
  assert.equal(refusal(env), null);
  const values = Object.entries(read(env)).map(([key, [value]]) => [key.split('.').at(-1), value]);
  assert.deepEqual(Object.fromEntries(values), {
    baseUrl: 'https://ll.thespacedevs.com/2.3.0/',
    token: 'x'.repeat(40),
    provider: '44',
    pageSize: 30,
    fullAfterHours: 12,
    settleSeconds: 60,
    headersTimeoutSeconds: 90,
  });
  const usual = { SPACEX_PIPELINE_LAUNCH_LIBRARY_BASE_URL: 'https://h' };
  assert.match(String(refusal(usual)), /did you mean SPACEX_PIPELINE_LAUNCH_LIBRARY_URL\?$/);
  assert.equal(sourceVariable('launch-library', 'baseUrl'), 'SPACEX_PIPELINE_LAUNCH_LIBRARY_URL');
  assert.equal(sourceVariable('spacex', 'baseUrl'), 'SPACEX_PIPELINE_BASE_URL');
});

test("our own variable takes precedence over other programs' variables", () => {
  const env = {
    SPACEX_API_BASE_URL: 'https://theirs.test',
    SPACEX_PIPELINE_BASE_URL: 'https://ours.test',
    SPACEX_PIPELINE_DATABASE_URL: 'postgresql://ours/d',
    DATABASE_URL: 'postgresql://theirs/d',
  };
  assert.deepEqual(read(env), {
    'sources.spacex.baseUrl': ['https://ours.test', 'environment SPACEX_PIPELINE_BASE_URL'],
    'database.url': ['postgresql://ours/d', 'environment SPACEX_PIPELINE_DATABASE_URL'],
  });
  const { 'database.url': url } = read({ ...env, SPACEX_PIPELINE_DATABASE_URL: '' });
  assert.deepEqual(url, ['postgresql://theirs/d', 'environment DATABASE_URL']);
});

test('an empty recordings URL means no recordings, but any other empty variable has no effect', () => {
  const empty = { SPACEX_PIPELINE_RECORDINGS_URL: '', SPACEX_PIPELINE_ARCHIVE_URL: '' };
  const none = ['', 'environment SPACEX_PIPELINE_RECORDINGS_URL'];
  assert.deepEqual(read(empty), { 'sources.spacex.recordingsUrl': none });
});

test('the real environment takes precedence over .env, even through an alias', () => {
  const ours = { SPACEX_PIPELINE_DATABASE_URL: 'postgresql://ours/d' };
  const { 'database.url': url } = read({ DATABASE_URL: 'postgresql://theirs/d' }, ours);
  assert.deepEqual(url, ['postgresql://theirs/d', 'environment DATABASE_URL']);
});

test("if a flag sets a value, other programs' variables are ignored", () => {
  assert.deepEqual(read({ DATABASE_URL: 'mysql://h' }, {}, ['database.url']), {});
  assert.deepEqual(read({ SPACEX_API_BASE_URL: 'x' }, {}, ['sources.spacex.baseUrl']), {});
});

test('resource names are split at commas, and "all" selects all resources', () => {
  const resources = (text: string): unknown =>
    read({ SPACEX_PIPELINE_RESOURCES: text })['sources.spacex.resources']?.[0];
  assert.deepEqual(resources(' a, b ,'), ['a', 'b']);
  assert.equal(resources('all'), null);
  assert.deepEqual(resources(','), []);
});

const refusal = (env: Environment, dotEnv: Environment = {}) => {
  try {
    refuseUnknownVariables(listSettings(), env, dotEnv);
  } catch (error) {
    return error instanceof PipelineError && error.code === 'usage' ? error.message : error;
  }
  return null;
};

test('an unknown variable with our prefix is rejected with a suggestion', () => {
  const complaint = 'unknown variable; did you mean SPACEX_PIPELINE_BATCH_SIZE?';
  const typo = { SPACEX_PIPELINE_BATCHSIZE: '1' };
  assert.equal(refusal(typo), `Cannot use SPACEX_PIPELINE_BATCHSIZE: ${complaint}`);
  assert.equal(refusal({}, typo), `Cannot use SPACEX_PIPELINE_BATCHSIZE in .env: ${complaint}`);
  assert.equal(
    refusal({ SPACEX_PIPELINE_COLOR: 'red', ...typo }),
    'Cannot use SPACEX_PIPELINE_COLOR: unknown variable (and 1 more)',
  );
  assert.equal(refusal({ SPACEX_PIPELINE_BATCHSIZE: '', SPACEX_COLOR: 'red' }), null);
});

/** The variables that Kubernetes adds to every container for a Service with this name and one named port. */
function serviceVariables(service: string): Environment {
  const name = service.toUpperCase().replaceAll('-', '_');
  return {
    [`${name}_SERVICE_HOST`]: '10.0.0.7',
    [`${name}_SERVICE_PORT`]: '5432',
    [`${name}_SERVICE_PORT_HTTP_2`]: '5432',
    [`${name}_PORT`]: 'tcp://10.0.0.7:5432',
    [`${name}_PORT_5432_TCP`]: 'tcp://10.0.0.7:5432',
    [`${name}_PORT_5432_TCP_PROTO`]: 'tcp',
    [`${name}_PORT_5432_TCP_PORT`]: '5432',
    [`${name}_PORT_5432_TCP_ADDR`]: '10.0.0.7',
    [`${name}_PORT_53_UDP`]: 'udp://10.0.0.7:53',
  };
}

test('variables that Kubernetes adds for a Service count as unset', () => {
  for (const service of ['spacex-pipeline', 'spacex-pipeline-db', 'postgres']) {
    assert.equal(refusal(serviceVariables(service)), null, service);
  }
  const find = findIn({ ...serviceVariables('postgres'), POSTGRES_HOST: 'postgres' }, { POSTGRES_PORT: '1' });
  assert.equal(find('POSTGRES_HOST')?.value, 'postgres');
  assert.equal(find('POSTGRES_PORT')?.name, 'POSTGRES_PORT in .env');
  assert.match(String(refusal({ SPACEX_PIPELINE_PORT: '8080' })), /SPACEX_PIPELINE_PORT: unknown variable/);
});
