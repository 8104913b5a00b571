import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import type { JobReport } from '../../src/core/job.ts';
import { sources } from '../../src/sources/index.ts';
import {
  assertFailure,
  createTestServer,
  createWorkspace,
  readText,
  type TestServer,
  type Workspace,
} from '../support/workspace.ts';
import type { InitDocument } from '../../src/output/documents.ts';

const FILE = 'spacex-pipeline.config.json';

type Entry = { readonly value: unknown; readonly origin: string };
type Config = Readonly<Record<string, Entry>>;

function empty(t: { after: (done: () => void) => void }): Workspace {
  const workspace = createWorkspace(null);
  t.after(workspace.remove);
  return workspace;
}

void describe('init', { concurrency: 2 }, () => {
  let server: TestServer;
  before(async () => {
    server = await createTestServer();
  });
  after(() => server.close());

  void it('writes a file that config accepts as is, with comments, a job for each source, and the schema', async (t) => {
    const place = empty(t);
    const untouched = await place.json<Config>(['config']);
    const jobsBefore = await place.json<JobReport[]>(['jobs']);
    const { code, stdout, stderr } = await place.run(['init']);
    assert.deepEqual(
      [code, stderr],
      [0, `note: created the data folder ${path.join(place.folder, 'data')}\n`],
    );
    assert.match(
      stdout,
      /^Wrote \S+config\.json\nThe embedded database will be in \S+\/data, which is writable\nNext: \S+spacex-pipeline run\n$/,
    );
    const text = readText(place.folder, FILE);
    assert.match(text, /^ +\/\/ .*At \d\d:\d\d, UTC\.$/m);
    const config = await place.json<Config>(['config']);
    const changed = Object.keys(config).filter(
      (key) => JSON.stringify(config[key]?.value) !== JSON.stringify(untouched[key]?.value),
    );
    assert.deepEqual(changed, ['jobs'], 'all other settings have their default values');
    assert.equal(config['log.level']?.origin, `file ${path.join(place.folder, FILE)}`);
    assert.deepEqual(
      Object.keys(Object(config['jobs']?.value)),
      sources.map(({ name }) => name),
    );
    const jobs = await place.json<JobReport[]>(['jobs']);
    assert.deepEqual(jobs.map(stable), jobsBefore.map(stable));
    const schema = /"\$schema": "(.*)"/.exec(text)?.[1] ?? '';
    assert.ok(existsSync(path.join(place.folder, schema)), schema);
    assert.ok(!place.list().some((name) => name.startsWith('data/database/')), 'no database is created');
  });

  void it('refers to the schema in the package if the package is installed next to the file', async (t) => {
    const place = empty(t);
    const installed = path.join(place.folder, 'node_modules', 'spacex-pipeline');
    mkdirSync(installed, { recursive: true });
    writeFileSync(path.join(installed, 'spacex-pipeline.config.schema.json'), '{}');
    await place.json(['init']);
    assert.match(
      readText(place.folder, FILE),
      /"\.\/node_modules\/spacex-pipeline\/spacex-pipeline\.config\.schema\.json"/,
    );
  });

  void it('replaces an existing file only with --force', async (t) => {
    const place = empty(t);
    writeFileSync(path.join(place.folder, FILE), '{ "concurrency": 7 }');
    assertFailure(await place.run(['init']), {
      code: 2,
      message: /Cannot write spacex-pipeline\.config\.json: it already exists$/,
      hint: /--force.*: \S+spacex-pipeline config$/,
    });
    assert.equal(readText(place.folder, FILE), '{ "concurrency": 7 }');
    writeFileSync(path.join(place.folder, FILE), '{ broken');
    await place.json(['init', '--force']);
    await place.json(['config']);
    const other = await place.json<InitDocument>(['init', '--config', 'other.json']);
    assert.equal(other.file, path.join(place.folder, 'other.json'));
    assert.match(other.next, /--config other\.json run$/);
  });

  void it('connects to a server, prints its version and the pending migrations, and writes no password', async (t) => {
    const place = empty(t);
    const url = new URL(server.url);
    url.password ||= 'geheim';
    const found = await place.json<InitDocument>(['init', '--database-url', url.href]);
    assert.match(found.version ?? '', /^\d+\.\d+/);
    assert.ok((found.pending ?? 0) > 0);
    assert.match(found.next, /^With the password as PGPASSWORD or in ~\/\.pgpass: .* migrate up$/);
    const text = readText(place.folder, FILE);
    assert.ok(!text.includes(url.password) && !JSON.stringify(found).includes(url.password));
    const env = { PGPASSWORD: decodeURIComponent(url.password) };
    const migrated = await place.run(['migrate', 'up'], env);
    assert.equal(migrated.code, 0, migrated.stderr);
    const again = await place.run(
      ['init', '--force', '--database-url', url.href.replace(`:${url.password}`, '')],
      env,
    );
    assert.equal(again.code, 0, again.stderr);
    assert.match(
      again.stdout,
      /Connected to \S+: PostgreSQL \d+\.\d+.*, no pending migrations\nNext: \S+spacex-pipeline run\n$/,
    );
  });

  void it('reports errors in the database settings', async (t) => {
    const place = empty(t);
    const wrong = await place.run(['init', '--database-url', 'mysql://me:geheim@h/d']);
    assertFailure(wrong, { code: 2, message: /--database-url: must be a postgresql:\/\// });
    const secret = await place.run(['init', '--database-url', 'postgresql://h/d?sslpassword=geheim']);
    assertFailure(secret, { code: 2, message: /it contains a secret/, hint: /SPACEX_PIPELINE_DATABASE_URL/ });
    assert.deepEqual(place.list(), [], 'nothing is written');
    const closed = await place.run(['init', '--database-url', 'postgresql://127.0.0.1:1/d']);
    assertFailure(closed, { code: 5, message: /ECONNREFUSED/ });
    assert.match(closed.stdout, /^Wrote /);
    writeFileSync(path.join(place.folder, 'file'), '');
    const folder = await place.run(['init', '--force', '--data-dir', 'file/data']);
    assertFailure(folder, { code: 1, message: /Cannot write .*file\/data/ });
    for (const one of [wrong, secret, closed]) assert.ok(!`${one.stdout}${one.stderr}`.includes('geheim'));
    assertFailure(await place.run(['init', '--config', 'none/x.json']), { code: 2, message: /ENOENT/ });
  });
});

/** Omits the next tick, because a tick may have passed between the two reads. */
function stable({ next_run: _next, ...report }: JobReport): unknown {
  return report;
}
