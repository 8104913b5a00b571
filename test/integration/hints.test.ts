import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { LAUNCHES, sandboxReplies, startApi } from '../support/api.ts';
import { REPOSITORY } from '../support/cli.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import { followHints } from '../support/follow-hints.ts';
import { startShortOfQuota } from '../support/launch-library/short-of-quota.ts';
import { assertFailure, createTestServer, createWorkspace, QUICK_SOURCE } from '../support/workspace.ts';

/**
 * Runs every command from a hint in a shell, exactly as printed. The cases build on one another:
 * each command leaves the database in the state in which the next error occurs.
 */
const replies = await sandboxReplies({ launches: 60 });
const broken = { body: String(replies[LAUNCHES].body).replaceAll('"name":', '"nom":') };
const api = await startApi(replies);
const server = await createTestServer();
const source = { ...QUICK_SOURCE, baseUrl: api.url };
const workspace = server.workspace({ source });
const embedded = createWorkspace({ source, resources: ['rockets'] });
after(async () => {
  await server.close();
  await api.close();
  embedded.remove();
});

const { follow, typed } = followHints(workspace);

async function pull(...args: readonly string[]): Promise<string> {
  const { report } = await workspace.pull(args);
  return report.run_id ?? '';
}

void describe('the command in a hint works as printed', () => {
  void it('before anything exists', async () => {
    await follow(['runs', 'prune'], 'migrate status');
    await follow(['run'], 'migrate up');
    await follow(['verify'], 'run');
    const none = ['--data-dir', 'none'];
    await follow(['drift', ...none], '--data-dir none run');
    await noRunsYet();
    await follow(['runs', '--config', 'empty.json'], '--config empty.json run');
    await follow(['query', 'SELECT 1'], 'run', { place: embedded });
  });

  void it('for a schema from a version before the first release', async () => {
    const place = server.workspace({ source, resources: ['rockets'] });
    await place.json(['migrate', 'up']);
    await place.sql(`DELETE FROM migrations; INSERT INTO migrations (name) VALUES ('0018_derivation_key')`);
    await follow(['run'], `--schema ${place.schema}_new run --migrate`, { place });
  });

  void it('for things that do not exist', async () => {
    await follow(['run', '--resources', 'cakes'], 'resources');
    await follow(['export', '--tables', 'cakes'], 'tables');
    await follow(['query', 'SELECT * FROM cakes'], 'tables');
    await follow(['query', 'SELECT xyz FROM launches'], 'tables launches');
    await follow(['explain', 'lunches', 'x'], 'tables');
    await follow(['explain', 'launches', 'x'], 'query "SELECT id FROM launches"');
    await follow(['checks', '--rows', 'x'], 'checks --all');
    await follow(['rejects', 'show', 'x'], 'rejects list --status open');
    await follow(['rejects', 'list', 'zzz'], 'runs');
    await follow(['drift', 'zzz'], 'runs');
    await follow(['jobs', 'history', 'x'], 'jobs');
    await follow(['init'], 'config');
    await follow(['run', '--sorce', 'x'], 'run --help');
  });

  void it('for a record without a row, whatever characters its id contains', async () => {
    const [bare] = await workspace.sql<{ id: string }>(
      'SELECT id FROM launches WHERE id NOT IN (SELECT launch_id FROM launch_failures) LIMIT 1',
    );
    const about = await follow(
      ['explain', 'launch_failures', bare?.id ?? ''],
      `explain launches ${bare?.id}`,
    );
    assert.match(about, /1 row/);
    const hostile = await workspace.run(['explain', 'launch_failures', "a'; rm -rf $(b)"]);
    assert.match(hostile.stderr, /explain launches 'a'\\''; rm -rf \$\(b\)'$/m);
  });

  void it('for runs that cannot be continued', async () => {
    const published = await pull('--full');
    await follow(['resume'], 'run');
    api.set(LAUNCHES, broken);
    const rejected = await follow(['run', '--full'], 'rejects list --resource launches');
    assert.match(rejected, /required/);
    await follow(['resume'], 'run --resources launches', { codes: [4] });
    await workspace.sql("UPDATE rockets SET name = 'altered'");
    await follow(['verify'], 'run --source spacex --full', { codes: [4] });
    const fewer: unknown[] = JSON.parse(String(replies[LAUNCHES].body));
    api.set(LAUNCHES, { body: JSON.stringify(fewer.slice(0, 40)) });
    const accepted = /^SPACEX_PIPELINE_VANISHED_COUNT=20 spacex-pipeline run --resources launches$/;
    await follow(['run', '--full'], accepted);
    // A launch whose rocket does not exist; a check detects this.
    const odd = String(replies[LAUNCHES].body).replace(/"rocket":"\w+"/, `"rocket":"${'0'.repeat(24)}"`);
    api.set(LAUNCHES, { body: odd });
    const later = await pull('--full');
    await follow(['checks'], /checks --rows \w+$/);
    await follow(['replay', published], `plan --from ${published}`, { codes: [0, 10] });
    const raw = path.join(workspace.folder, 'data', 'runs', later, 'raw', 'launches', '0001.json');
    rmSync(raw);
    await follow(['replay', later], 'run');
    const folder = path.join(workspace.folder, 'data', 'runs', published);
    rmSync(path.join(folder, 'profile'), { recursive: true });
    await follow(['drift', published], 'drift');
    renameSync(folder, path.join(workspace.folder, 'aside'));
    await follow(['resume', published], 'run');
    await follow(['rejects', 'list', published], 'rejects list --status all');
  });

  void it('for dropped database objects, until everything is restored', async () => {
    const { schema, sql } = workspace;
    const rockets = 'SELECT count(*)::int AS n FROM rockets';
    const asItWas = await sql(rockets);
    await sql('DROP VIEW launch_success');
    await follow(['migrate', 'status'], 'migrate up');
    await sql('DROP TABLE rockets');
    await follow(['run'], 'migrate up');
    await sql('DROP VIEW launch_success');
    await follow(['query', 'SELECT * FROM launch_success'], 'migrate up');
    assert.deepEqual(await sql(rockets), [{ n: 0 }]);
    await sql('DROP TABLE starlink CASCADE');
    await follow(['migrate', 'up'], 'run');
    assert.deepEqual(await sql(rockets), asItWas);

    await sql('ALTER TABLE rockets DROP COLUMN name');
    await follow(['run', '--resources', 'rockets'], 'migrate up', { codes: [5] });
    await follow(['migrate', 'up'], `query --write 'TRUNCATE "${schema}"."rockets"'`);
    await follow(['migrate', 'up'], 'run');
    assert.deepEqual(await sql(rockets), asItWas);

    await sql(`DROP SCHEMA ${schema}_pipeline CASCADE`);
    await follow(['run'], 'migrate up', { codes: [6] });
    const simulated = ['--source', 'sandbox', '--resources', 'rockets'];
    await withEmbedded(embedded, 'data/sandbox');
    assert.equal((await embedded.pull(simulated)).code, 0);
    const lost = ['query', '--data-dir', 'data/sandbox', '--write'];
    assert.equal((await embedded.run([...lost, 'DROP TABLE rockets'])).code, 0);
    await follow(['plan', ...simulated], /^\S+ --data-dir \S+\/data\/sandbox migrate up$/, {
      place: embedded,
    });
    assert.equal((await embedded.pull(simulated)).code, 0);
    assert.equal((await embedded.run([...lost, 'DROP SCHEMA spacex_pipeline CASCADE'])).code, 0);
    await follow(['run', ...simulated], /--data-dir \S+\/data\/sandbox query --write/, { place: embedded });
    assert.equal((await embedded.pull(simulated)).code, 0);
    const aside = `query --write 'ALTER SCHEMA "${schema}" RENAME TO set_aside_target'`;
    await follow(['migrate', 'up'], aside);
    await follow(['run'], 'migrate up');
    await follow(['run'], 'tables');
    assert.deepEqual(await sql(rockets), asItWas);
  });

  void it('with the same flags, and at the end of its line', async () => {
    const flags = ['--data-dir', 'my data', '--schema', 'an "other"'];
    await follow(['run', ...flags], `--data-dir 'my data' --source spacex --schema 'an "other"' migrate up`);
    await follow(['migrate', 'down', '--source', 'spacex'], '--source spacex migrate down --yes');
  });

  void it('for a pull that has used up its quota', async (t) => {
    const library = await startShortOfQuota();
    t.after(library.close);
    const living = { ...QUICK_SOURCE, baseUrl: library.baseUrl, pageSize: 2, provider: 'all' };
    const place = server.workspace({ others: { 'launch-library': living } });
    const run = ['run', '--source', 'launch-library'];
    await place.json(['migrate', 'up', '--source', 'launch-library']);
    await follow(run, 'run --source launch-library', { place });
  });

  void it('with a database URL whose secrets are passed separately', async (t) => {
    const url = new URL(server.url);
    const password = decodeURIComponent(url.password);
    if (password === '') return t.skip('TEST_DATABASE_URL has no password');
    const place = createWorkspace({ source: { ...source, schema: 'apart' }, resources: ['rockets'] });
    t.after(place.remove);
    url.password = '';
    const bare = url.href;
    const env = { PGPASSWORD: password };
    const given = ['--database-url', server.url];
    await follow(['run', ...given], `--database-url ${bare} migrate up`, { place, env });
    const found = await follow(['run', ...given], `--database-url ${bare} tables`, { place, env });
    assert.match(found, /^apart +rockets /m);
    await follow(['explain', 'rockets', 'x', ...given], /query "SELECT id FROM rockets"$/, { place, env });

    const inQuery = `${bare}?password=${encodeURIComponent(password)}&sslmode=disable`;
    const rest = `--database-url '${bare}?sslmode=disable'`;
    await follow(['drift', 'zzz', '--database-url', inQuery], `${rest} runs`, { place, env });
    const whole = `${server.url}?sslpassword=of-a-key`;
    const variable = { SPACEX_PIPELINE_DATABASE_URL: whole };
    await follow(['drift', 'zzz', '--database-url', whole], 'runs', { place, env: variable });

    // The alternatives to PGPASSWORD that the hint mentions.
    const file = path.join(place.folder, '.pgpass');
    writeFileSync(file, `*:*:*:*:${password.replaceAll(/[:\\]/g, '\\$&')}\n`, { mode: 0o600 });
    const query = ['query', 'SELECT 1', '--database-url', bare];
    const [none, home, named] = await Promise.all(
      [{ HOME: '/' }, { HOME: place.folder }, { HOME: '/', PGPASSFILE: file }].map((one) =>
        place.run(query, one),
      ),
    );
    assertFailure(none ?? assert.fail(), {
      code: 5,
      message: /the server asks for a password, but none is set \(28P01\)$/,
      hint: /PGPASSWORD, ~\/\.pgpass/,
    });
    for (const one of [home, named]) assert.deepEqual([one?.code, one?.stderr], [0, '']);
  });

  void it('for every hint in the code', () => {
    const root = path.join(REPOSITORY, 'src');
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !UNHINTED.includes(name),
    );
    const hints = files.flatMap((name) =>
      [...readFileSync(path.join(root, name), 'utf8').matchAll(/spacex-pipeline (?:--)?[a-z][^'`$]*/g)].map(
        ([start]) => start.trimEnd(),
      ),
    );
    assert.ok(hints.length > 20);
    const known = [...typed, ...TYPED_ELSEWHERE];
    assert.deepEqual(
      hints.filter((start) => !known.some((command) => command.startsWith(start))),
      [],
    );
  });
});

/**
 * Commands that are tested in other files, because they require a user other than root, a server that goes
 * away, a running serve, a source that is pulled incrementally, or a network: cli-prune, the resume tests,
 * cli-jobs, serve-gateway, changes, cli-bare and first-folder.
 */
const TYPED_ELSEWHERE = [
  'runs prune',
  'runs show',
  'resume',
  'jobs history',
  'jobs run NAME',
  'run --full',
  'run --or-sandbox',
  'run --from archive',
].map((words) => `spacex-pipeline ${words}`);

/** Files that mention the program for other reasons: help, advisory locks, or comments in a generated file. */
const UNHINTED = [
  'config/template.ts',
  'cli/command.ts',
  'cli/completion.ts',
  'cli/self.ts',
  'adapters/postgres/lock.ts',
  'adapters/postgres/migrate.ts',
];

/** Configures a different schema and data folder in empty.json, and migrates the schema. */
async function noRunsYet(): Promise<void> {
  const settings = {
    sources: { spacex: { ...source, resources: ['rockets'], schema: 'empty' } },
    database: { url: server.url },
    dataDir: 'other',
  };
  writeFileSync(path.join(workspace.folder, 'empty.json'), JSON.stringify(settings));
  await workspace.json(['migrate', 'up', '--config', 'empty.json']);
}
