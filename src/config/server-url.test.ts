import assert from 'node:assert/strict';
import { test } from 'node:test';

import pg from 'pg';

import { findIn, type Environment } from './environment.ts';
import { serverFromVariables, withParameters } from './server-url.ts';
import { PipelineError } from '../core/errors.ts';

const urlOf = (env: Environment): string | undefined => serverFromVariables(findIn(env, {}))?.url;

/** How pg interprets the URL. */
function understood(env: Environment) {
  const url = urlOf(env);
  assert.ok(url !== undefined);
  const { host, port, user, password, database } = new pg.Client({ connectionString: url });
  return { host, port, user, password, database };
}

test("each of libpq's variables takes precedence over its POSTGRES_ counterpart", () => {
  const postgres = {
    POSTGRES_HOST: 'h2',
    POSTGRES_PORT: '2',
    POSTGRES_USER: 'u2',
    POSTGRES_PASSWORD: 'p2',
    POSTGRES_DB: 'd2',
  };
  assert.equal(urlOf(postgres), 'postgresql://u2:p2@h2:2/d2');
  const libpq = { PGHOST: 'h1', PGPORT: '1', PGUSER: 'u1', PGPASSWORD: 'p1', PGDATABASE: 'd1' };
  assert.equal(urlOf({ ...postgres, ...libpq }), 'postgresql://u1:p1@h1:1/d1');
  assert.equal(urlOf({ ...postgres, PGUSER: 'u1' }), 'postgresql://u1:p2@h2:2/d2');
});

test('pg parses unusual names and passwords correctly, for a host and for a socket', () => {
  const login = {
    PGPORT: '5433',
    PGUSER: 'me@corp',
    PGPASSWORD: 'a/b?c#d%20 e+:@&=ß',
    PGDATABASE: 'my db/%ä+',
  };
  const parts = { port: 5433, user: 'me@corp', password: 'a/b?c#d%20 e+:@&=ß', database: 'my db/%ä+' };
  for (const host of ['localhost', '10.0.0.1', '/var/run/post gres']) {
    assert.deepEqual(understood({ ...login, PGHOST: host }), { ...parts, host });
  }
  assert.deepEqual(understood({ ...login, PGHOST: '::1' }), { ...parts, host: '::1' });
});

test("the URL of a socket has the socket's folder in its query", () => {
  const env = { PGHOST: '/var/run/postgresql', PGUSER: 'me', PGDATABASE: 'db' };
  assert.equal(urlOf(env), 'postgresql:///db?host=%2Fvar%2Frun%2Fpostgresql&user=me');
});

test("libpq's variables fill in the missing parts of a URL, and pg parses the result correctly", () => {
  const env = { PGHOST: 'ph', PGPORT: '1', PGUSER: 'p@u', PGPASSWORD: 'pp', PGDATABASE: 'p d' };
  const filled = (url: string): unknown[] => {
    const connectionString = withParameters(url, findIn(env, {}));
    const { host, port, user, password, database } = new pg.Client({ connectionString });
    return [host, port, user, password, database];
  };
  assert.deepEqual(filled('postgresql://u:p@h:2/d'), ['h', 2, 'u', 'p', 'd']);
  assert.deepEqual(filled('postgresql:///d?host=/run&port=2&user=u&password=p'), ['/run', 2, 'u', 'p', 'd']);
  for (const url of ['postgresql://h', 'postgresql://h/', 'postgresql://h?application_name=a']) {
    assert.deepEqual(filled(url), ['h', 1, 'p@u', 'pp', 'p d'], url);
  }
  assert.deepEqual(filled('postgresql://u@/'), ['ph', 1, 'u', 'pp', 'p d']);
  assert.deepEqual(filled('postgresql:///?user=u'), ['ph', 1, 'u', 'pp', 'p d']);
  assert.deepEqual(filled('postgresql://h/d?dbname=e'), ['h', 1, 'p@u', 'pp', 'e']);
});

test("the image's variables complete only a URL for their server, and the image's password is used only with its user", () => {
  const image = { POSTGRES_PORT: '1', POSTGRES_USER: 'u', POSTGRES_PASSWORD: 'p', POSTGRES_DB: 'd' };
  const filled = (url: string, more: Environment = {}): unknown[] => {
    const { host, port, user, password, database } = new pg.Client({
      connectionString: withParameters(url, findIn({ ...image, ...more }, {})),
    });
    return [host, port, user, password, database];
  };
  const whole = ['h', 1, 'u', 'p', 'd'];
  assert.deepEqual(filled('postgresql://h'), whole);
  assert.deepEqual(filled('postgresql://u@h'), whole);
  assert.deepEqual(filled('postgresql://h', { POSTGRES_HOST: 'h' }), whole);
  assert.deepEqual(filled('postgresql:///', { POSTGRES_HOST: 'h' }), whole);
  assert.deepEqual(filled('postgresql:///', { PGHOST: 'h' }), whole);
  assert.deepEqual(filled('postgresql://h', { PGUSER: 'v', PGPASSWORD: 'w' }), ['h', 1, 'v', 'w', 'd']);
  // A password is never sent for a different user or to a different server.
  for (const url of ['postgresql://v@h:2/e', 'postgresql://v@/e?host=h&port=2']) {
    assert.equal(withParameters(url, findIn(image, {})), url);
  }
  for (const url of ['postgresql://u@h/', 'postgresql://u@/?host=h']) {
    assert.equal(withParameters(url, findIn({ ...image, POSTGRES_HOST: 'other' }, {})), url);
  }
});

test('a socket folder completes a URL without a host', () => {
  const find = findIn({ PGHOST: '/run/pg' }, {});
  assert.equal(withParameters('postgresql:///d', find), 'postgresql:///d?host=%2Frun%2Fpg');
});

test("libpq's variables supply the TLS settings that a URL omits", () => {
  const find = findIn(
    { PGSSLMODE: 'verify-ca', PGSSLROOTCERT: '/my certs/root.crt', PGSSLCERT: 'c', PGSSLKEY: 'k' },
    {},
  );
  assert.equal(
    withParameters('postgresql://h/d', find),
    'postgresql://h/d?sslmode=verify-ca&sslrootcert=%2Fmy%20certs%2Froot.crt&sslcert=c&sslkey=k',
  );
  assert.equal(
    withParameters('postgresql://h/d?sslmode=disable&sslrootcert=a&sslcert=b&sslkey=c', find),
    'postgresql://h/d?sslmode=disable&sslrootcert=a&sslcert=b&sslkey=c',
  );
});

test('a port variable that Kubernetes added for a Service named postgres is ignored', () => {
  assert.equal(urlOf({ PGHOST: 'h', POSTGRES_PORT: 'tcp://10.0.0.5:5432' }), 'postgresql://h/');
});

test('the error for an invalid part names its variable', () => {
  const wrong: readonly (readonly [Environment, RegExp])[] = [
    [
      { PGHOST: 'h', PGPORT: '70000' },
      /^Cannot use PGPORT: must be a whole number from 1 to 65535, found "70000"$/,
    ],
    [{ PGHOST: 'h', POSTGRES_PORT: 'x' }, /^Cannot use POSTGRES_PORT: /],
    [{ POSTGRES_HOST: 'a b' }, /^Cannot use POSTGRES_HOST: must be a host name/],
    [{ PGHOST: 'u:geheim@h' }, /^Cannot use PGHOST: must be .*, found "u:\*\*\*@h"$/],
  ];
  for (const [env, message] of wrong) {
    assert.throws(
      () => urlOf(env),
      (error) => error instanceof PipelineError && message.test(error.message),
    );
  }
});

test("PGPASSWORD fills in a missing password, but a different user's password is never used", () => {
  const find = findIn({ POSTGRES_PASSWORD: 'other' }, { PGPASSWORD: 'p&q' });
  const filled = (url: string): unknown =>
    new pg.Client({ connectionString: withParameters(url, find) }).password;
  for (const url of [
    'postgresql://u@h/d',
    'postgresql://h/d?sslmode=disable',
    'postgresql:///d?host=/run',
    'postgresql://u@/d?host=/run',
  ]) {
    assert.equal(filled(url), 'p&q');
  }
  for (const url of ['postgresql://u:own@h/d', 'postgresql://u@h/d?password=own']) {
    assert.equal(withParameters(url, find), url);
  }
  assert.equal(
    withParameters('postgresql://u@h/d', findIn({ POSTGRES_PASSWORD: 'other' }, {})),
    'postgresql://u@h/d',
  );
});

test('PGPASSFILE sets the password file if the URL names none', () => {
  const find = findIn({ PGPASSFILE: '/a b' }, {});
  assert.equal(withParameters('postgresql://u@h/d', find), 'postgresql://u@h/d?passfile=%2Fa%20b');
  const own = 'postgresql://u@h/d?passfile=own';
  assert.equal(withParameters(own, find), own);
});
