import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { runCli as runInProcess } from '../../src/cli/program.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { NOT_RECORDED, RECORDED_ROWS, recordedBody } from '../suites/recorded.ts';
import { startApi } from '../support/api.ts';
import { createMask, maskTimes } from '../support/masked.ts';
import { createTestServer, type ServerWorkspace } from '../support/workspace.ts';
import { asBefore, withoutTexts } from '../equality/allowed.ts';

/**
 * A refactoring must not change what is loaded and printed: the digests of all tables, the manifests, the
 * stage files and every `--json` document. allowed.ts lists the allowed differences. To take a new snapshot:
 * UPDATE_EQUALITY=1 node --test test/integration/equality.test.ts
 */
const FOLDER = path.join(import.meta.dirname, '..', 'equality');
const UPDATES = process.env['UPDATE_EQUALITY'] === '1';

const server = await createTestServer();
after(() => server.close());

type Documents = Record<string, unknown>;

/** Runs the commands of one workspace in this process. */
function createSession(workspace: ServerWorkspace, words: Readonly<Record<string, string>>) {
  const documents: Documents = {};
  const mask = createMask({
    [workspace.folder]: '<folder>',
    [server.url]: '<server>',
    [`${workspace.schema}_pipeline`]: '<ledger>',
    [workspace.schema]: '<schema>',
    ...words,
  });
  async function json<T>(name: string, args: readonly string[]): Promise<T> {
    const printed: string[] = [];
    const told: string[] = [];
    const code = await runInProcess([...args, '--json'], {
      stdout: { write: (text) => printed.push(text) },
      stderr: { write: (text) => told.push(text) },
      cwd: workspace.folder,
      signal: new AbortController().signal,
    });
    assert.notEqual(printed.length, 0, `${name}: ${told.join('')}`);
    const value = JSON.parse(printed.join('')) as T;
    documents[name] = { code, document: mask(value) };
    return value;
  }
  function readFolder(name: string, runDir: string): void {
    documents[`${name}: manifest`] = mask(JSON.parse(readFileSync(path.join(runDir, 'run.json'), 'utf8')));
    for (const stage of ['validated', 'errored', 'profile', 'intermediate']) {
      for (const file of readdirSync(path.join(runDir, stage)).sort()) {
        const text = String(mask(readFileSync(path.join(runDir, stage, file), 'utf8')));
        documents[`${name}: ${stage}/${file}`] = createHash('sha256').update(text).digest('hex');
      }
    }
  }
  return { json, readFolder, documents };
}

function compareWith(file: string, documents: Documents): void {
  const place = path.join(FOLDER, file);
  if (UPDATES) {
    const lines = Object.entries(asBefore(documents)).map((entry) =>
      entry.map((part) => JSON.stringify(part)),
    );
    writeFileSync(place, `{\n${lines.map((line) => line.join(': ')).join(',\n')}\n}\n`);
    return;
  }
  const before = JSON.parse(readFileSync(place, 'utf8')) as Documents;
  const now = JSON.parse(JSON.stringify(asBefore(documents))) as Documents;
  assert.deepEqual(Object.keys(now), Object.keys(before));
  for (const [name, document] of Object.entries(before))
    assert.deepEqual(withoutTexts(now[name]), withoutTexts(document), name);
}

type Run = { readonly run_id: string; readonly run_dir: string };

void describe('loaded rows and printed documents', () => {
  void it('are the same as before for recorded responses', { skip: NOT_RECORDED }, async () => {
    const workspace = server.workspace({ resources: null, concurrency: 1 });
    const api = await startApi(
      Object.fromEntries(
        Object.keys(RECORDED_ROWS).map((name) => [
          name === 'launches' ? '/v5/launches' : `/v4/${name}`,
          { body: recordedBody(name) },
        ]),
      ),
    );
    const { documents, json, readFolder } = createSession(workspace, { [api.url]: '<api>' });
    try {
      const first = await json<Run>('first run', ['run', '--migrate', '--source', api.url]);
      readFolder('first run', first.run_dir);
      const second = await json<Run>('second run', ['run', '--source', api.url]);
      readFolder('second run', second.run_dir);
      await json('full run', ['run', '--full', '--source', api.url]);
      await json('checks', ['checks', '--all']);
      await json('drift', ['drift']);
      await json('verify', ['verify']);
      const counted = 'SELECT count(*) AS rows FROM launch_success';
      await json('query', ['query', counted]);
      await json('replay', ['replay', second.run_id]);
      await json('runs', ['runs']);
    } finally {
      await api.close();
    }
    compareWith('recorded.json', documents);
  });

  void it('are the same as before for simulated records', async () => {
    const workspace = server.workspace({ resources: null, concurrency: 1 });
    const world = { seed: 7, launches: 60 };
    const old = await startSandbox({ ...world, revision: 1 });
    const faulty = await startSandbox({ ...world, revision: 2, faults: 'bad=0.04' });
    const newest = await startSandbox(world);
    const { documents, json, readFolder } = createSession(workspace, {
      [old.url]: '<old>',
      [faulty.url]: '<faulty>',
      [newest.url]: '<newest>',
    });
    try {
      const first = await json<Run>('first run', ['run', '--migrate', '--source', old.url]);
      readFolder('first run', first.run_dir);
      await json('unchanged run', ['run', '--source', old.url]);
      await json('plan', ['plan', '--source', faulty.url]);
      const loose = ['rejects', 'vanished'].map((what) => [what, { share: 1 }]);
      workspace.configure({ resources: null, concurrency: 1, limits: Object.fromEntries(loose) });
      const second = await json<Run>('faulty run', ['run', '--source', faulty.url]);
      readFolder('faulty run', second.run_dir);
      await json('rejects list', ['rejects', 'list', second.run_id]);
      const lines = await json<{ readonly id: string }[]>('all rejects', [
        'rejects',
        'list',
        '--status',
        'all',
      ]);
      await json('rejects show', ['rejects', 'show', lines[0]?.id ?? '']);
      await json('checks', ['checks', '--all']);
      await json('drift', ['drift']);
      await json('drift from the contract', ['drift', '--contract']);
      const launch = 'SELECT id FROM launches ORDER BY id COLLATE "C" LIMIT 1';
      const [{ id } = { id: '' }] = await json<{ id: string }[]>('query', ['query', launch]);
      await json('explain', ['explain', 'launches', id]);
      await json('plan from raw files', ['plan', '--from', first.run_id]);
      await json('replay', ['replay', second.run_id]);
      const last = await json<Run>('newest run', ['run', '--source', newest.url]);
      readFolder('newest run', last.run_dir);
      await json('replay of one resource', ['replay', first.run_id, '--force', '--resource', 'crew']);
      await json('verify', ['verify']);
      await json('tombstones', [
        'query',
        `SELECT table_name, row_id, "row" - '{_run_id,_first_run_id,_loaded_at}'::text[] AS "row" FROM tombstones
         ORDER BY table_name, row_id COLLATE "C", "row"::text COLLATE "C"`,
      ]);
      await json('resources', ['resources']);
      await json('resource', ['resources', 'show', 'launches']);
      await json('dag', ['dag']);
      await json('prune', ['runs', 'prune', '--dry-run']);
      await json('runs', ['runs']);
      const written = await json<{ table: string; file: string }[]>('export', ['export', '--out', 'out']);
      for (const { table } of written) {
        const text = readFileSync(path.join(workspace.folder, 'out', `${table}.csv`), 'utf8');
        const lineOf = withoutStamps(text);
        documents[`export: ${table}`] = createHash('sha256').update(lineOf).digest('hex');
      }
    } finally {
      await Promise.all([old.close(), faulty.close(), newest.close()]);
    }
    compareWith('sandbox.json', documents);
  });
});

/** Removes run ids and times, which vary between runs. */
function withoutStamps(csv: string): string {
  return maskTimes(csv.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<run>'));
}
