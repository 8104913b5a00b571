import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { Client } from 'pg';

import { openServer } from '../../src/adapters/postgres/server.ts';
import { PipelineError } from '../../src/core/errors.ts';
import { createAuthority, createCertificate } from '../support/certificate.ts';
import {
  createDatabase,
  startPostgres,
  type PostgresServer,
  type TestDatabase,
} from '../support/postgres.ts';
import { assertFailure, createWorkspace } from '../support/workspace.ts';

const NAME = 'localhost';
let server: PostgresServer;
let without: TestDatabase;
let folder: string;
let files: { readonly root: string; readonly other: string; readonly cert: string; readonly key: string };

before(async () => {
  [server, without] = await Promise.all([startPostgres(), createDatabase()]);
  folder = mkdtempSync(join(tmpdir(), 'test-tls-'));
  const authority = createAuthority('the authority');
  const { cert, key } = createCertificate(NAME, authority);
  const user = createCertificate('by_certificate', authority);
  const { uid, gid } = statSync(server.dataDir);
  const put = (name: string, text: string): void => {
    const path = join(server.dataDir, name);
    writeFileSync(path, text, { mode: 0o600 });
    chownSync(path, uid, gid);
  };
  put('server.crt', cert);
  put('server.key', key);
  put('root.crt', authority.cert);
  put('pg_hba.conf', HBA);
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  files = {
    root: file('root.crt', authority.cert),
    other: file('other.crt', createAuthority('another authority').cert),
    cert: file('user.crt', user.cert),
    key: file('user.key', user.key),
  };
  const admin = new Client({ connectionString: server.url });
  await admin.connect();
  await admin.query('CREATE ROLE by_certificate LOGIN; CREATE ROLE in_the_clear LOGIN');
  await admin.query('ALTER SYSTEM SET ssl = on');
  await admin.query(`ALTER SYSTEM SET ssl_ca_file = 'root.crt'`);
  await admin.query('SELECT pg_reload_conf()');
  await admin.end();
});
after(async () => {
  await Promise.all([server.remove(), without.drop()]);
  rmSync(folder, { recursive: true });
});

/** Most roles must use TLS. The roles with `in_the_clear` in their names must not use it. */
const HBA = `hostssl all by_certificate 127.0.0.1/32 cert
hostnossl all in_the_clear 127.0.0.1/32 trust
hostssl all postgres 127.0.0.1/32 scram-sha-256
hostssl all postgres ::1/128 scram-sha-256
hostssl all nobody_encrypted 127.0.0.1/32 trust
hostnossl all nobody_in_the_clear 127.0.0.1/32 trust
`;

type Parameters = Readonly<Record<string, string>>;

function urlOf(base: string, parameters: Parameters, host = NAME): string {
  const url = new URL(base);
  url.hostname = host;
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** Connects twice, as a run does, and returns whether the connections are encrypted. */
async function encrypted(url: string): Promise<boolean> {
  const database = openServer({ url, schema: 'any' });
  try {
    const answers = [];
    for (const session of [await database.connect(), await database.connect()]) {
      answers.push(
        ...(await session.rows<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')),
      );
    }
    assert.equal(answers[0]?.ssl, answers[1]?.ssl);
    return answers[0]?.ssl === true;
  } finally {
    await database.close();
  }
}

void it('cancels a statement over TLS', { timeout: 60_000 }, async (t) => {
  const admin = new Client({ connectionString: urlOf(server.url, {}), ssl: { rejectUnauthorized: false } });
  await admin.connect();
  const interrupt = new AbortController();
  const url = urlOf(server.url, { sslmode: 'verify-full', sslrootcert: files.root });
  const database = openServer({ url, schema: 'any', signal: interrupt.signal });
  t.after(async () => {
    await Promise.all([database.close(), admin.end()]);
  });
  const session = await database.connect();
  const sleeping = assert.rejects(session.rows('SELECT pg_sleep(6363)'), { message: 'Cannot go on' });
  const active = `SELECT FROM pg_stat_activity WHERE query LIKE '%sleep(6363)' AND state = 'active' AND pid <> pg_backend_pid()`;
  while ((await admin.query(active)).rowCount === 0);
  interrupt.abort(new PipelineError('Cannot go on', { code: 'interrupted' }));
  await sleeping;
  // The server reports the cancellation before it reports that the session is idle. Without a cancellation, this loop
  // would not end in time.
  while ((await admin.query(active)).rowCount !== 0);
  const ended = await session.evenAborted.rows('SELECT 1 AS n');
  assert.deepEqual(ended, [{ n: 1 }], 'the session survives the cancellation');
});

void describe('TLS as in libpq', () => {
  /** The outcome of each sslmode on a server that requires TLS: encrypted, or the error code. */
  const expected: readonly (readonly [
    what: string,
    parameters: () => Parameters,
    host: string,
    outcome: string,
  ])[] = [
    ['no parameters', () => ({}), NAME, 'encrypted'],
    ['disable', () => ({ sslmode: 'disable' }), NAME, '28000'],
    ['allow', () => ({ sslmode: 'allow' }), NAME, 'encrypted'],
    ['prefer', () => ({ sslmode: 'prefer' }), NAME, 'encrypted'],
    ['require, no root', () => ({ sslmode: 'require' }), NAME, 'encrypted'],
    ['ssl=true', () => ({ ssl: 'true' }), NAME, 'encrypted'],
    ['require, root', () => ({ sslmode: 'require', sslrootcert: files.root }), NAME, 'encrypted'],
    [
      'require, root, different host',
      () => ({ sslmode: 'require', sslrootcert: files.root }),
      '127.0.0.1',
      'encrypted',
    ],
    [
      'require, different root',
      () => ({ sslmode: 'require', sslrootcert: files.other }),
      NAME,
      'SELF_SIGNED_CERT_IN_CHAIN',
    ],
    ['verify-ca', () => ({ sslmode: 'verify-ca', sslrootcert: files.root }), '127.0.0.1', 'encrypted'],
    [
      'verify-ca, different root',
      () => ({ sslmode: 'verify-ca', sslrootcert: files.other }),
      NAME,
      'SELF_SIGNED_CERT_IN_CHAIN',
    ],
    ['verify-full', () => ({ sslmode: 'verify-full', sslrootcert: files.root }), NAME, 'encrypted'],
    [
      'verify-full, different root',
      () => ({ sslmode: 'verify-full', sslrootcert: files.other }),
      NAME,
      'SELF_SIGNED_CERT_IN_CHAIN',
    ],
    [
      'verify-full, different host',
      () => ({ sslmode: 'verify-full', sslrootcert: files.root }),
      '127.0.0.1',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    ['verify-full, no root', () => ({ sslmode: 'verify-full' }), NAME, 'SELF_SIGNED_CERT_IN_CHAIN'],
    ['system roots', () => ({ sslrootcert: 'system' }), NAME, 'SELF_SIGNED_CERT_IN_CHAIN'],
  ];
  for (const [what, parameters, host, outcome] of expected) {
    void it(`${what}: ${outcome}`, async () => {
      const url = urlOf(server.url, parameters(), host);
      if (outcome === 'encrypted') assert.equal(await encrypted(url), true);
      else await assert.rejects(encrypted(url), { code: 'database', context: { sqlstate: outcome } });
    });
  }

  void it('is not used if the server or its rules for the role do not allow it', async () => {
    for (const mode of ['disable', 'allow', 'prefer']) {
      assert.equal(await encrypted(urlOf(without.url, { sslmode: mode })), false, mode);
    }
    assert.equal(await encrypted(without.url), false);
    const clear = new URL(urlOf(server.url, {}, '127.0.0.1'));
    clear.username = 'in_the_clear';
    assert.equal(await encrypted(clear.href), false);
    await assert.rejects(encrypted(`${clear.href}?sslmode=require`), { context: { sqlstate: '28000' } });
  });

  void it('reports the attempt that failed for a reason other than encryption', async () => {
    for (const role of ['nobody_encrypted', 'nobody_in_the_clear']) {
      const url = new URL(urlOf(server.url, {}, '127.0.0.1'));
      url.username = role;
      for (const sslmode of ['prefer', 'allow']) {
        url.searchParams.set('sslmode', sslmode);
        await assert.rejects(encrypted(url.href), {
          message: new RegExp(`: role "${role}" does not exist \\(28000\\)$`),
        });
      }
    }
    const unlisted = new URL(urlOf(server.url, {}, '127.0.0.1'));
    unlisted.username = 'unlisted';
    await assert.rejects(encrypted(unlisted.href), { message: /no pg_hba\.conf entry/ });
    const other = urlOf(server.url, { sslrootcert: files.other });
    await assert.rejects(encrypted(other), { context: { sqlstate: 'SELF_SIGNED_CERT_IN_CHAIN' } });
  });

  void it('authenticates with a certificate', async () => {
    const url = new URL(urlOf(server.url, { sslmode: 'verify-ca', sslrootcert: files.root }, '127.0.0.1'));
    url.username = 'by_certificate';
    url.password = '';
    await assert.rejects(encrypted(url.href), { context: { sqlstate: '28000' } });
    url.searchParams.set('sslcert', files.cert);
    url.searchParams.set('sslkey', files.key);
    assert.equal(await encrypted(url.href), true);
  });

  void it('reports the missing password rather than the rejected attempt without TLS', async () => {
    const url = new URL(urlOf(server.url, { passfile: join(folder, 'none') }, '127.0.0.1'));
    url.password = '';
    await assert.rejects(encrypted(url.href), { context: { sqlstate: '28P01' } });
  });

  void it('rejects contradictory parameters', async () => {
    for (const [parameters, message] of [
      [{ sslmode: 'toString' }, /^Cannot use sslmode: must be one of disable, .*, found "toString"$/],
      [{ sslmode: 'verify-ca' }, /^Cannot use sslmode=verify-ca: there is no root certificate file$/],
      [
        { sslmode: 'require', sslrootcert: 'system' },
        /^Cannot use sslrootcert=system with sslmode=require: /,
      ],
      [{ sslrootcert: join(folder, 'none') }, /^Cannot read sslrootcert: ENOENT/],
    ] as const) {
      await assert.rejects(encrypted(urlOf(server.url, parameters)), { code: 'usage', message });
    }
  });
});

void it('connections to other schemas use the same encryption as the first connection', async (t) => {
  const url = new URL(urlOf(without.url, { sslmode: 'prefer' }));
  const { hostname, port } = new URL(without.url);
  let connections = 0;
  const proxy = createServer((socket) => {
    connections++;
    const upstream = connect(Number(port), hostname);
    for (const one of [socket, upstream]) one.on('error', () => undefined);
    socket.pipe(upstream).pipe(socket);
  }).listen(0, NAME);
  await once(proxy, 'listening');
  const address = proxy.address();
  url.port = String(typeof address === 'object' ? address?.port : '');
  const database = openServer({ url: url.href, schema: 'any' });
  t.after(async () => {
    await database.close();
    proxy.close();
  });
  await database.connect();
  assert.equal(connections, 2);
  await database.inSchema('other').connect();
  assert.equal(connections, 3);
});

void it('the program loads into a server that requires TLS, or reports in one line why it cannot', async (t) => {
  const workspace = createWorkspace();
  t.after(workspace.remove);
  const env = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: files.root };
  const url = urlOf(server.url, {});
  const { code, stderr } = await workspace.run(['migrate', 'up', '--database-url', url], env);
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /warning/i);
  for (const [args, own, message, hint] of [
    [url, { ...env, PGSSLROOTCERT: files.other }, /connect to .*SELF_SIGNED_CERT_IN_CHAIN/, /sslrootcert/],
    [
      url,
      { PGSSLMODE: 'require', PGSSLROOTCERT: files.other },
      /certificate in certificate chain \(SELF_SIGNED_CERT_IN_CHAIN\)$/,
      /^hint: Set sslrootcert to the right file\. With neither sslrootcert nor ~\/\.postgresql\/root\.crt, sslmode=require /,
    ],
    [urlOf(server.url, {}, '127.0.0.1'), env, /IP: 127\.0\.0\.1 is not in the cert/, /sslmode=verify-ca/],
    [
      urlOf(server.url, {}),
      { PGSSLMODE: 'disable' },
      /no pg_hba\.conf entry .*no encryption \(28000\)$/,
      /sslmode/,
    ],
    [urlOf(without.url, {}), { PGSSLMODE: 'require' }, /server does not support SSL/, /sslmode=prefer/],
  ] as const) {
    assertFailure(await workspace.run(['migrate', 'status', '--database-url', args], own), {
      code: 5,
      message,
      hint,
    });
  }
  assert.equal(readFileSync(files.root, 'utf8').includes('PRIVATE'), false);
});
