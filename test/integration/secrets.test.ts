import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { Client, escapeIdentifier, escapeLiteral } from 'pg';

import type { RunReport } from '../../src/core/run.ts';
import { ROCKETS, sandboxReplies } from '../support/api.ts';
import { createAuthority, createCertificate } from '../support/certificate.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { startProxy, type Proxy } from '../support/proxy.ts';
import { listen, startWeb, type Web } from '../support/web.ts';
import { assertFailure, createWorkspace, QUICK_SOURCE } from '../support/workspace.ts';

/** Each secret is planted in a different place, so that a leak reveals its origin. */
const SECRETS = {
  'base URL user': 'api-user-Zq01',
  'base URL password': 'api/p@ss wörd%Zq02',
  'proxy user': 'proxy-user-Zq03',
  'proxy password': 'proxy/p@ss%Zq04',
  'user in a redirect': 'loc-user-Zq05',
  'password in a redirect': 'loc-pass-Zq06',
  'query in a redirect': 'loc-query-Zq07',
  'path and query in a redirect to a different host': 'loc-key-Zq08',
  cookie: 'cookie-Zq09',
  'header with a token': 'token-Zq10',
  'link header': 'link-Zq19',
  'database password': 'db/p@ss "wörd" %Zq11',
  'wrong database password': 'db/wrong@Zq12',
  PGPASSWORD: 'pg/p@ss%Zq13',
  POSTGRES_PASSWORD: 'post/p@ss%Zq14',
  'query in --source': 'source-query-Zq15',
  'mistyped flag': 'flag/p@ss%Zq16',
  'mistyped value': 'value/p@ss%Zq17',
  'extra argument': 'argument-Zq18',
} as const;

const encoded = encodeURIComponent;
const API_LOGIN = `${SECRETS['base URL user']}:${SECRETS['base URL password']}`;
const PROXY_LOGIN = `${SECRETS['proxy user']}:${SECRETS['proxy password']}`;

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** The text to look for: each secret as is, in a URL, in JSON, and in the headers that are built from it. */
const NEEDLES = [
  ...Object.entries(SECRETS).flatMap(([place, secret]) =>
    [secret, encoded(secret), encodeURI(secret), JSON.stringify(secret).slice(1, -1)].map(
      (form) => [place, form] as const,
    ),
  ),
  ['base URL login', base64(API_LOGIN)] as const,
  ['proxy login', base64(PROXY_LOGIN)] as const,
];

function leaksIn(where: string, text: string): string[] {
  return NEEDLES.filter(([, form]) => text.includes(form)).map(([place]) => `${place} in ${where}`);
}

type Mode = 'serves' | 'refuses' | 'redirects' | 'sends invalid JSON';

let mode: Mode;
let web: Web;
let proxy: Proxy;
let database: TestDatabase;
let databaseUrl: string;
let closed: number;
let environment: Readonly<Record<string, string>>;
const authority = createAuthority('A test CA');
const role = `test_${process.pid}_secret`;

before(async () => {
  const { [ROCKETS]: rockets } = await sandboxReplies();
  web = await startWeb(
    (request, response) => {
      const isKnown = request.headers.authorization === `Basic ${base64(API_LOGIN)}`;
      const moved = `https://${SECRETS['user in a redirect']}:${SECRETS['password in a redirect']}@api.test:${web.port}/moved?x=${SECRETS['query in a redirect']}`;
      const headers = {
        'content-type': 'application/json',
        'set-cookie': `session=${SECRETS['cookie']}`,
        'x-auth-token': SECRETS['header with a token'],
        'x-echo': request.headers.authorization ?? '',
        link: `</v4/rockets?token=${SECRETS['link header']}>; rel="next"`,
      };
      if (mode === 'refuses' || !isKnown)
        response.writeHead(403, headers).end(`You sent ${request.headers.authorization}`);
      else if (mode === 'redirects')
        response
          .writeHead(302, {
            location: `https://other.test/?${SECRETS['path and query in a redirect to a different host']}`,
          })
          .end();
      else if (request.url === ROCKETS) response.writeHead(302, { location: moved }).end();
      else
        response
          .writeHead(200, headers)
          .end(mode === 'serves' ? rockets.body : `no JSON for ${request.headers.authorization}`);
    },
    { tls: createCertificate('api.test', authority) },
  );
  proxy = await startProxy({ login: `Basic ${base64(PROXY_LOGIN)}` });
  const server = createServer();
  closed = await listen(server);
  server.close();
  database = await createDatabase();
  const url = new URL(database.url);
  await execute(
    database.url,
    `CREATE ROLE ${escapeIdentifier(role)} LOGIN PASSWORD ${escapeLiteral(SECRETS['database password'])};
     GRANT CREATE ON DATABASE ${escapeIdentifier(url.pathname.slice(1))} TO ${escapeIdentifier(role)}`,
  );
  databaseUrl = `postgresql://${role}:${encoded(SECRETS['database password'])}@${url.host}${url.pathname}`;
});
after(async () => {
  await Promise.all([web.close(), proxy.close()]);
  const { url } = database;
  await database.drop();
  await execute(new URL('/postgres', url).href, `DROP ROLE ${escapeIdentifier(role)}`);
});

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** Creates a workspace with every secret, and collects everything that its commands print. */
function plant(settings: Readonly<Record<string, unknown>>) {
  const login = `${encoded(SECRETS['base URL user'])}:${encoded(SECRETS['base URL password'])}`;
  const url = `https://${login}@api.test:${web.port}`;
  const workspace = createWorkspace({
    resources: ['rockets'],
    source: { ...QUICK_SOURCE, maxAttempts: 2, baseUrl: `${url}/` },
    log: { level: 'debug' },
    ...settings,
  });
  const ca = path.join(workspace.folder, 'ca.pem');
  writeFileSync(ca, authority.cert);
  const proxyLogin = `${SECRETS['proxy user']}:${encoded(SECRETS['proxy password'])}`;
  environment = {
    HTTPS_PROXY: `http://${proxyLogin}@proxy.test:${proxy.port}`,
    NODE_EXTRA_CA_CERTS: ca,
    PGPASSWORD: SECRETS.PGPASSWORD,
    POSTGRES_PASSWORD: SECRETS.POSTGRES_PASSWORD,
  };
  const printed: string[] = [];
  const type = async (code: number, args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const result = await workspace.run(args, { ...environment, ...env });
    const { stderr, stdout } = result;
    printed.push(stdout, stderr);
    const where = `the output of "${args.join(' ')}"`;
    assert.deepEqual([...leaksIn(where, stdout), ...leaksIn(where, stderr)], []);
    assert.equal(result.code, code, `${where}: ${stderr}${stdout}`);
    return result;
  };
  return { workspace, type, printed, url };
}

/** The leaks in file names and contents under a folder, except in response bodies, which are kept as received. */
function leaksInFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const file = path.join(folder, name);
    const isBody = /raw\/\w+\/0001\.json$/.test(name);
    const text = statSync(file).isFile() && !isBody ? readFileSync(file, 'utf8') : '';
    return [...leaksIn('a file name', name), ...leaksIn(name, text)];
  });
}

type Planted = ReturnType<typeof plant>;

async function pull({ type }: Planted, flags: readonly string[]): Promise<RunReport> {
  mode = 'serves';
  const { stdout } = await type(0, ['run', '--json', '--log-format', 'json', ...flags]);
  mode = 'refuses';
  await type(3, ['run', '--log-format', 'json']);
  const report: RunReport = JSON.parse(stdout);
  return report;
}

async function pullInVain({ type, url }: Planted): Promise<void> {
  for (const failing of ['redirects', 'sends invalid JSON'] as const) {
    mode = failing;
    await type(3, ['run', '--json']);
  }
  const { HTTPS_PROXY: way = '' } = environment;
  await type(3, ['run', '--json'], { HTTPS_PROXY: way.replace(/\d+$/, String(closed)) });
  await type(3, ['run'], { HTTPS_PROXY: way.replace('proxy-user', 'proxy-stranger') });
  await type(3, ['run'], { NODE_EXTRA_CA_CERTS: '' });
  await type(3, ['run', '--source', `${url}/mirror`]);
  const resumed = await type(2, ['resume']);
  assertFailure(resumed, {
    code: 2,
    message: /its source https:\/\/\*\*\*@\S+\/mirror had a login, and logins are never stored$/,
    hint: /^hint: Set SPACEX_PIPELINE_BASE_URL to the URL with its login, and continue with: /,
  });
  mode = 'serves';
  await type(0, resumed.stderr.trimEnd().split(' ').slice(-2), { SPACEX_PIPELINE_BASE_URL: `${url}/mirror` });
  await type(0, ['run']);
}

async function readInEveryWay({ type }: Planted, runId: string): Promise<void> {
  const { stdout } = await type(0, ['query', '--json', 'SELECT id FROM rockets']);
  const [rocket]: { id: string }[] = JSON.parse(stdout);
  const commands = [
    ['config', '--json'],
    ['runs', '--json'],
    ['runs', 'show', runId, '--json'],
    ['drift', runId],
    ['plan', '--json'],
    ['verify', '--json'],
    ['explain', 'rockets', rocket?.id ?? '', '--json'],
    ['replay', runId, '--force', '--log-format', 'json'],
  ];
  for (const command of commands) await type(0, command);
}

/** Checks every row in all of the program's tables, and every file below the data folder. */
async function checkWhatIsKept({ type, workspace }: Planted): Promise<void> {
  const tables = await type(0, [
    'query',
    '--json',
    `SELECT format('SELECT to_jsonb(t)::text AS row FROM %I.%I t', table_schema, table_name) AS sql
     FROM information_schema.tables WHERE table_schema LIKE 'spacex%' AND table_type = 'BASE TABLE'`,
  ]);
  const statements: { sql: string }[] = JSON.parse(tables.stdout);
  const rows = await type(0, ['query', '--json', statements.map(({ sql }) => sql).join(' UNION ALL ')]);
  assert.match(rows.stdout, /"address\\": \\"https:\/\/\*\*\*@api\.test/, 'the rows include the ledger');
  assert.deepEqual(leaksInFiles(path.join(workspace.folder, 'data')), []);
}

/** Checks that the commands printed messages with masked secrets. Otherwise, the test would prove nothing. */
function assertTold({ printed }: Planted, ...told: readonly RegExp[]): void {
  for (const pattern of [/https:\/\/\*\*\*@api\.test/, /You sent Basic \*\*\*/, ...told]) {
    assert.match(printed.join('\n'), pattern);
  }
}

void describe('no secret is revealed', { concurrency: 1 }, () => {
  void it('by runs into a server, in any file, log line, row or document', async (t) => {
    const planted = plant({ database: { url: databaseUrl } });
    t.after(planted.workspace.remove);
    const { run_id } = await pull(planted, ['--migrate']);
    await pullInVain(planted);
    await readInEveryWay(planted, run_id ?? '');
    await checkWhatIsKept(planted);
    assertTold(
      planted,
      /http:\/\/\*\*\*@proxy\.test/,
      /it redirects to https:\/\/other\.test\/\?\*\*\*, which is on a different host/,
      /GET https:\/\/api\.test:\d+\/moved\?\*\*\*/,
      /no JSON for Basic \*\*\*/,
      /the proxy responded with 407/,
      new RegExp(`postgresql://${role}:\\*\\*\\*@`),
    );
  });

  void it('by runs into the embedded database', async (t) => {
    const planted = plant({});
    t.after(planted.workspace.remove);
    await pull(planted, []);
    await checkWhatIsKept(planted);
    assertTold(planted);
  });

  void it('by errors about unreachable addresses and invalid values', async (t) => {
    const { type: typeQuietly, workspace } = plant({});
    t.after(workspace.remove);
    const type: typeof typeQuietly = (code, args, env) =>
      typeQuietly(code, [...args, '--log-level', 'debug'], env);
    const value = encoded(SECRETS['mistyped value']);
    const flag = encoded(SECRETS['mistyped flag']);
    const wrong = databaseUrl.replace(/:[^:@]+@/, `:${encoded(SECRETS['wrong database password'])}@`);
    const port = String(closed);
    const pg = { PGHOST: '127.0.0.1', PGPORT: port, PGUSER: 'me' };
    const post = { POSTGRES_HOST: 'db.nowhere', POSTGRES_PORT: port, POSTGRES_USER: 'me' };
    await type(5, ['run', '--json'], { DATABASE_URL: wrong });
    for (const url of [databaseUrl, `${databaseUrl}?sslpassword=${value}`])
      await type(2, ['run', '--resources', 'cakes', '--database-url', url]);
    await type(5, ['run'], { DATABASE_URL: databaseUrl.replace(/\/[^/]*$/, '/nowhere') });
    await type(5, ['runs', '--json'], pg);
    await type(5, ['query', 'SELECT 1'], pg);
    await type(5, ['query', 'SELECT 1'], { ...post, PGPASSWORD: '' });
    await type(2, ['run', '--source', `https://h/?key=${SECRETS['query in --source']}`]);
    await type(2, ['run', '--source', `ftp://u:${value}@h`]);
    await type(2, ['config', `--database-ulr=postgresql://u:${flag}@h/d`]);
    await type(2, ['config', '--database-ulr', `postgresql://u:${flag}@h/d`]);
    await type(2, ['config', `postgresql://u:${SECRETS['extra argument']}@h/d`]);
    await type(2, ['config'], { HTTPS_PROXY: `socks5://u:${value}@h:1` });
    await type(2, ['config'], { SPACEX_PIPELINE_BASE_URL: `https://u:${value}@h/?k=${value}` });
    await type(2, ['config'], { SPACEX_PIPELINE_BASE_URL: `h/?k=${value}` });
    await type(2, ['config'], { DATABASE_URL: `mysql://u:${value}@h/d` });
    await type(2, ['config'], { DATABASE_URL: `postgresql://u:${value}@[h/d` });
    await type(2, ['config', '--database-url', `postgresql://u:${value}@h:port/d`]);
  });
});
