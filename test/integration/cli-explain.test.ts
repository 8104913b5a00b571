import assert from 'node:assert/strict';
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import type { RunReport } from '../../src/core/run.ts';
import { LAUNCHES, sandboxReplies, startApi, type Api } from '../support/api.ts';
import {
  assertFailure,
  createTestServer,
  createWorkspace,
  type ServerWorkspace,
  type TestServer,
  type Workspace,
} from '../support/workspace.ts';
import type { Explanation } from '../../src/output/records.ts';

type Launch = Record<string, unknown> & { readonly id: string; readonly cores: readonly unknown[] };

let server: TestServer;
let workspace: ServerWorkspace;
let api: Api;
let launches: readonly Launch[];

before(async () => {
  server = await createTestServer();
  workspace = server.workspace();
  const replies = await sandboxReplies({ launches: 100 });
  launches = JSON.parse(String(replies[LAUNCHES].body));
  api = await startApi(replies);
});
after(async () => {
  await api.close();
  await server.close();
});

async function pull(...flags: readonly string[]): Promise<RunReport> {
  const { code, report, stderr } = await workspace.pull(['--migrate', '--source', api.url, ...flags]);
  assert.equal(code, 0, stderr);
  return report;
}

const explain = (table: string, id: string) => workspace.json<Explanation>(['explain', table, id]);

/** The bytes at the reported position in the file. */
function bytesAt({ length, offset, path: file }: Explanation['records'][number]): string {
  return readFileSync(file)
    .subarray(offset, offset + length)
    .toString();
}

/** Picks a launch with several rows in its child table, one that never changes, and one to delete. */
function pick(): { readonly changed: Launch; readonly quiet: Launch; readonly gone: Launch } {
  const changed = launches.findLast(({ cores }) => cores.length > 1) ?? assert.fail();
  const [quiet, gone] = launches.filter(({ id }) => id !== changed.id);
  return { changed, quiet: quiet ?? assert.fail(), gone: gone ?? assert.fail() };
}

void describe('explain', { concurrency: 1 }, () => {
  const runs: RunReport[] = [];
  const rawOf = (index: number): string =>
    path.join(runs[index]?.run_dir ?? '', 'raw', 'launches', '0001.json');

  void it('prints the run, the request and the exact bytes behind a row', async () => {
    runs.push(await pull());
    const { quiet } = pick();
    const told = await explain('launches', quiet.id);
    const names = 'table id resource key rows tombstones runs records lost unproven';
    assert.equal(Object.keys(told).join(' '), names);
    const [run] = runs;
    const [row] = told.rows;
    const [record, ...others] = told.records;
    assert.ok(row !== undefined && record !== undefined && others.length === 0);
    assert.deepEqual([row['id'], row['name']], [quiet.id, String(quiet['name']).trim()]);
    const { _first_run_id: first, _run_id: last } = row;
    assert.deepEqual([first, last, told.tombstones, told.lost], [run?.run_id, run?.run_id, [], []]);
    assert.deepEqual(
      told.runs.map(({ address, run_id, status }) => [run_id, address, status]),
      [[run?.run_id, run?.address, 'succeeded']],
    );
    assert.deepEqual([record.path, record.index, record.errors], [rawOf(0), launches.indexOf(quiet), null]);
    assert.equal(record.record, JSON.stringify(quiet));
    assert.equal(bytesAt(record), record.record);
    const { etag, received_at, status, url } = record.request;
    assert.deepEqual([status, url], [200, `${api.url}${LAUNCHES}`]);
    assert.match(etag ?? '', /^"/);
    assert.ok(
      (received_at ?? '') > (run?.started_at ?? '') && (received_at ?? '') < (run?.finished_at ?? ''),
    );
  });

  void it('names the file of the run that received the record if the latest run was unchanged', async () => {
    runs.push(await pull());
    assert.equal(runs[1]?.resources['launches']?.not_modified, true);
    const [record] = (await explain('launches', pick().quiet.id)).records;
    assert.deepEqual(
      [record?.run_id, record?.received_by, record?.path, record?.request.status],
      [runs[1]?.run_id, runs[0]?.run_id, rawOf(0), 200],
    );
  });

  void it('prints which run changed a row, and all rows of a child table', async () => {
    const { changed, quiet } = pick();
    const next = launches.map((one) => (one === changed ? { ...one, details: 'moved\u202E\u001b[2J' } : one));
    // Line breaks and whitespace are part of the record's bytes.
    api.set(LAUNCHES, { body: JSON.stringify(next, null, 2) });
    runs.push(await pull());
    const told = await explain('launches', changed.id);
    const { _first_run_id: first, _run_id: last } = told.rows[0] ?? assert.fail();
    assert.deepEqual([first, last], [runs[0]?.run_id, runs[2]?.run_id]);
    assert.deepEqual(
      told.runs.map(({ run_id }) => run_id),
      [first, last],
    );
    const [record] = told.records;
    assert.equal(record?.path, rawOf(2));
    assert.ok(record.record.includes('\n') && bytesAt(record) === record.record);
    assert.equal(JSON.parse(record.record).id, changed.id);
    const cores = await explain('launch_cores', changed.id);
    assert.equal(cores.rows.length, changed.cores.length);
    assert.equal(cores.records[0]?.offset, record.offset);
    const { _run_id: same } = (await explain('launches', quiet.id)).rows[0] ?? assert.fail();
    assert.equal(same, runs[0]?.run_id);
  });

  void it('prints text without terminal control characters', async () => {
    const { changed } = pick();
    const { code, stderr, stdout } = await workspace.run(['explain', 'launch_cores', changed.id]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, new RegExp(`^launch_cores ${changed.id}: ${changed.cores.length} rows$`, 'm'));
    assert.match(stdout, /^launch_id +\w+ +first loaded by +last changed by +at$/m);
    assert.match(stdout, new RegExp(`^Raw file used by run ${runs[2]?.run_id}: ${rawOf(2)}$`, 'm'));
    assert.match(stdout, /^Bytes \d+ to \d+ \(offset \d+, length \d+\), record \d+$/m);
    assert.match(stdout, /^ +"details": "moved\\u202e\\u001b\[2J",$/m);
    // oxlint-disable-next-line no-control-regex -- these must not occur
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
  });

  void it('prints that a newer record broke its contract, and the older record behind the row', async () => {
    const { quiet } = pick();
    api.set(LAUNCHES, {
      body: JSON.stringify(launches.map((one) => (one === quiet ? { ...one, name: 7 } : one))),
    });
    runs.push(await pull());
    const { records, rows } = await explain('launches', quiet.id);
    assert.equal(rows[0]?.['name'], String(quiet['name']).trim());
    assert.deepEqual(
      records.map((one) => one.path),
      [rawOf(3), rawOf(2)],
    );
    assert.deepEqual(
      records[0]?.errors?.map((error) => [error.path, error.code]),
      [['/name', 'type']],
    );
    assert.equal(records[1]?.errors, null);
    const { stdout } = await workspace.run(['explain', 'launches', quiet.id]);
    assert.match(
      stdout,
      /^This record broke its contract, so the row comes from an older record:\n {2}\/name must be string/m,
    );
  });

  void it('prints when and by which run a row was deleted, and where its last record is', async () => {
    const { gone } = pick();
    const added = `ADD COLUMN "__proto__" text DEFAULT 'kept', ADD COLUMN "7" jsonb DEFAULT '{"n": 1.10}'`;
    await workspace.sql(`ALTER TABLE launches ${added}`);
    await workspace.sql(`UPDATE launches SET launch_date_unix = 9007199254740993 WHERE id = '${gone.id}'`);
    const exact = /(?=.*"n": 1\.10)(?=.*"__proto__": "kept").*"launch_date_unix": "?9007199254740993\b/s;
    assert.match((await workspace.run(['explain', 'launches', gone.id, '--json'])).stdout, exact);
    api.set(LAUNCHES, { body: JSON.stringify(launches.filter((one) => one !== gone)) });
    runs.push(await pull());
    const left = await workspace.run(['explain', 'launches', gone.id, '--json']);
    assert.match(left.stdout, exact);
    const told = JSON.parse(left.stdout) as Explanation;
    assert.deepEqual([told.rows, told.tombstones.length], [[], 1]);
    const [{ deleted_at, row, run_id }] = told.tombstones as [Explanation['tombstones'][number]];
    assert.deepEqual([run_id, row['id']], [runs[4]?.run_id, gone.id]);
    assert.ok(deleted_at > (runs[4]?.started_at ?? ''));
    assert.deepEqual(
      told.records.map((one) => [one.path, JSON.parse(one.record).id]),
      [[rawOf(3), gone.id]],
    );
    const { stdout } = await workspace.run(['explain', 'launches', gone.id]);
    assert.match(
      stdout,
      new RegExp(`0 rows\\nDeleted at \\S+ by run ${runs[4]?.run_id}: missing from the source$`, 'm'),
    );
    // After the record returns, the table contains its row again, and the tombstone stays.
    api.set(LAUNCHES, { body: JSON.stringify(launches) });
    runs.push(await pull());
    const back = await explain('launches', gone.id);
    assert.deepEqual(
      back.rows.map((one) => one['_first_run_id']),
      [runs[5]?.run_id],
    );
    assert.equal(back.tombstones.length, 1);
  });

  void it('prints what the ledger recorded if a raw file is missing, damaged or on a different machine', async () => {
    const { quiet } = pick();
    const [newest, older] = [rawOf(5), rawOf(4)];
    const whole = readFileSync(newest);
    writeFileSync(newest, Buffer.concat([whole.subarray(0, -1), Buffer.from(' ')]));
    const damaged = await explain('launches', quiet.id);
    assert.deepEqual(
      damaged.lost.map((one) => [one.reason, one.path, one.run_id]),
      [['damaged', newest, runs[5]?.run_id]],
    );
    rmSync(newest);
    const { lost, records } = await explain('launches', quiet.id);
    assert.deepEqual(
      lost.map(({ reason }) => reason),
      ['missing'],
    );
    assert.deepEqual([lost[0]?.url, lost[0]?.received_by], [`${api.url}${LAUNCHES}`, runs[5]?.run_id]);
    assert.equal(records.at(-1)?.path, older);
    await workspace.sql(`UPDATE runs SET host = 'another.example' WHERE run_id = '${runs[5]?.run_id}'`);
    const { stdout } = await workspace.run(['explain', 'launches', quiet.id]);
    assert.match(
      stdout,
      new RegExp(`^Raw file used by run ${runs[5]?.run_id} is on host another\\.example: ${newest}$`, 'm'),
    );
    assert.match(stdout, new RegExp(`^${whole.length} bytes, sha256 [0-9a-f]{64}$`, 'm'));
    writeFileSync(newest, whole);
  });

  void it('finds raw files in a moved data folder, and through the link of an unchanged run', async () => {
    const [first, second] = runs;
    const { gone, quiet } = pick();
    for (const index of [2, 3, 4, 5]) rmSync(runs[index]?.run_dir ?? '', { recursive: true });
    renameSync(first?.run_dir ?? '', `${first?.run_dir}.away`);
    const { lost, records } = await explain('launches', quiet.id);
    const [linked] = records;
    // The newest run received the same bytes as the first run, so they are not lost.
    assert.deepEqual(
      lost.map(({ run_id }) => run_id),
      [4, 3, 2].map((index) => runs[index]?.run_id),
    );
    assert.deepEqual([linked?.path, linked?.request.status], [rawOf(1), 304]);
    assert.equal(linked?.received_by, first?.run_id);
    cpSync(path.join(workspace.folder, 'data'), path.join(workspace.folder, 'moved'), { recursive: true });
    rmSync(path.join(workspace.folder, 'data', 'runs'), { recursive: true });
    const moved = await workspace.json<Explanation>(['explain', 'launches', quiet.id, '--data-dir', 'moved']);
    assert.ok(
      moved.records[0]?.path.startsWith(path.join(workspace.folder, 'moved', 'runs', second?.run_id ?? '')),
    );
    const nowhere = await workspace.run(['explain', 'launches', gone.id]);
    assert.equal(nowhere.code, 0);
    assert.match(
      nowhere.stdout,
      /^\d+ older raw files? cannot be read either\.\n\nNo raw file in this folder contains/m,
    );
  });

  void it('rejects an unknown table and an unknown id', async () => {
    const { quiet } = pick();
    await workspace.sql(`DELETE FROM launch_cores WHERE launch_id = '${quiet.id}'`);
    const [table, id, child] = await Promise.all([
      workspace.run(['explain', 'lunches', 'x']),
      workspace.run(['explain', 'launches', "x'\u001b"]),
      workspace.run(['explain', 'launch_cores', quiet.id]),
    ]);
    assertFailure(table, { code: 2, message: /table "lunches": did you mean launches\?/, hint: /tables/ });
    assertFailure(id, {
      code: 2,
      message: /launches "x'\\u001b": .*neither a row nor a tombstone/,
      hint: /query/,
    });
    assertFailure(child, { code: 2, message: /with that launch_id$/, hint: /explain launches / });
  });
});

void it('explain works on the embedded database, and fails if there is none', async (t) => {
  const own: Workspace = createWorkspace({});
  t.after(own.remove);
  const [launch] = launches;
  assertFailure(await own.run(['explain', 'launches', launch?.id ?? '']), {
    code: 5,
    message: /Cannot explain: there is no database/,
  });
  const real = await startApi(await sandboxReplies({ launches: 100 }));
  t.after(real.close);
  const { code, report, stderr } = await own.pull(['--source', real.url]);
  assert.equal(code, 0, stderr);
  const told = await own.json<Explanation>(['explain', 'launches', launch?.id ?? '']);
  assert.deepEqual(
    told.runs.map(({ run_id }) => run_id),
    [report.run_id],
  );
  assert.equal(told.records[0]?.record, JSON.stringify(launch));
});
