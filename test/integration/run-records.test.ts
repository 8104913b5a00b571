import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { ResourceReport } from '../../src/core/run.ts';
import { escapeJson } from '../../src/lib/json-text.ts';
import { BAD_KINDS, spoil, type BadKind } from '../../src/sandbox/bad-records.ts';
import { LAUNCHES, ROCKETS, sandboxReplies, startApi, type Api } from '../support/api.ts';
import {
  assertFailure,
  createTestServer,
  readText,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';
import type { Explanation, Reject } from '../../src/output/records.ts';

let server: TestServer;
before(async () => {
  server = await createTestServer();
});
after(() => server.close());

type Errored = Reject & { readonly page: number; readonly offset: number; readonly raw?: string };
type ChangingApi = Api & { readonly serve: (options: Parameters<typeof sandboxReplies>[0]) => Promise<void> };

/** An API at a fixed address whose records can change from run to run. */
async function startChangingApi(options: Parameters<typeof sandboxReplies>[0]): Promise<ChangingApi> {
  const api = await startApi(await sandboxReplies(options), { simulated: true });
  return {
    ...api,
    async serve(next) {
      const replies = await sandboxReplies(next);
      api.set(ROCKETS, replies[ROCKETS]);
      api.set(LAUNCHES, replies[LAUNCHES]);
    },
  };
}

async function pullLaunches(
  { pull }: ServerWorkspace,
  args: readonly string[],
): Promise<{ code: number | null; stderr: string; stdout: string; dir: string; launches: ResourceReport }> {
  const { report, ...result } = await pull(args);
  const launches = report.resources['launches'] ?? assert.fail(result.stderr);
  return { ...result, dir: report.run_dir ?? '', launches };
}

function lines(...parts: readonly string[]): string[] {
  return readText(...parts)
    .split('\n')
    .slice(0, -1);
}

/** Checks that every raw record is in exactly one of the two stage files. */
function assertConserved(dir: string, report: ResourceReport): Errored[] {
  const errored: Errored[] = lines(dir, 'errored', 'launches.ndjson').map((line) => JSON.parse(line));
  const validated = lines(dir, 'validated', 'launches.ndjson');
  assert.equal(report.received, report.validated + report.errored);
  assert.deepEqual([validated.length, errored.length], [report.validated, report.errored]);
  const raw = readText(dir, 'raw', 'launches', '0001.json');
  let at = 0;
  for (const line of validated) {
    at = raw.indexOf(line, at);
    assert.notEqual(at, -1, 'the original bytes, in the original order');
    at += line.length;
  }
  const indexes = errored.map(({ index }) => index);
  assert.deepEqual(
    indexes,
    [...new Set(indexes)].toSorted((a, b) => a - b),
  );
  assert.ok(indexes.every((index) => index >= 0 && index < report.received));
  for (const { errors, page, offset } of errored) {
    assert.ok(errors.length > 0 && page === 1 && offset > 0);
    for (const fault of errors) {
      assert.deepEqual(Object.keys(fault), ['path', 'code', 'message', 'value']);
      assert.match(fault.path, /^(?:\/|$)/);
      assert.match(fault.code, /^\w+$/);
      assert.match(fault.message, /^(?:must |is missing)/);
    }
  }
  return errored;
}

void describe('records that break their contract', { concurrency: 3 }, () => {
  for (const seed of [1, 2, 3]) {
    void it(`are each set aside exactly once (seed ${seed})`, async (t) => {
      const faults = 'bad=0.05@launches';
      const api = await startChangingApi({ launches: 600, seed, faults });
      t.after(api.close);
      const workspace = server.workspace();
      const { code, stderr, dir, launches } = await pullLaunches(workspace, [
        '--migrate',
        '--source',
        api.url,
      ]);
      assert.equal(code, 0, stderr);
      assert.equal(launches.received, 600);
      const errored = assertConserved(dir, launches);
      const listed = await workspace.json<Reject[]>(['rejects', 'list', '--resource', 'launches']);
      const expected = errored.map(({ index, id, errors, record, raw }) => ({
        resource: 'launches',
        index,
        id,
        errors,
        record: raw ?? record,
      }));
      assert.deepEqual(listed, JSON.parse(escapeJson(JSON.stringify(expected))));
    });
  }

  void it('are reported with path, code and message, regardless of their kind', async (t) => {
    const good = await goodLaunches(BAD_KINDS.length + 1);
    const spoiled = BAD_KINDS.map((kind, index) =>
      spoil(kind, 'launches', good[index + 1] ?? '', idOf(good[0]), JSON.stringify),
    );
    const api = await startChangingApi({ launches: 1 });
    t.after(api.close);
    api.set(LAUNCHES, { body: arrayOf([good[0] ?? '', ...spoiled]) });
    const workspace = server.workspace({ limits: { rejects: { count: BAD_KINDS.length } } });
    const { code, stderr, dir, launches } = await pullLaunches(workspace, ['--migrate', '--source', api.url]);
    assert.equal(code, 0, stderr);
    assert.deepEqual([launches.validated, launches.errored], [1, BAD_KINDS.length]);
    const told = assertConserved(dir, launches).map(({ index, errors }) => {
      const faults = errors.map(({ path, code: reason }) => `${path} ${reason}`);
      return [BAD_KINDS[index - 1], faults.join(', ')];
    });
    assert.deepEqual(Object.fromEntries(told), {
      'missing-field': '/name required',
      'missing-id': '/id required',
      'duplicate-id': '/id duplicate',
      null: '/name type',
      'wrong-type': '/upcoming type',
      'wrong-enum': '/date_precision enum',
      'bad-date': '/date_utc format',
      'offset-16': '/date_local format',
      'year-0000': '/date_utc format',
      'integer-overflow': '/flight_number maximum',
      'number-overflow': '/flight_number type',
      'nul-in-text': '/name format',
      'lone-surrogate': '/name format',
      'invalid-utf8': ' encoding',
      'element-number': ' type',
      'element-string': ' type',
      'element-null': ' type',
      'element-array': ' type',
      malformed: ' json',
    });
    const shown = await workspace.run(['rejects', 'list', '--limit', '3']);
    assert.equal(shown.code, 0, shown.stderr);
    assert.match(shown.stdout, /^launches +2 +\/id +required +is missing$/m);
    assert.equal(shown.stdout.trimEnd().split('\n').length, 5);
  });

  void it('can repeat a key: in every step the last value counts, and the bytes are kept', async (t) => {
    const [a = '', b = '', c = ''] = await goodLaunches(3);
    const api = await startChangingApi({ launches: 1 });
    t.after(api.close);
    const twice = [
      a.replace('{', '{"id":"first","name":1,"__proto__":{"id":"parent","name":2},"constructor":null,'),
      b.replace('{', String.raw`{"\u0069d":"first",`),
      // The last member, a second `name`, breaks the contract.
      c.replace(/\}$/, String.raw`,"n\u0061me":7}`),
    ];
    api.set(LAUNCHES, { body: arrayOf(twice) });
    const workspace = server.workspace();
    const { code, stderr, dir, launches } = await pullLaunches(workspace, ['--migrate', '--source', api.url]);
    assert.equal(code, 0, stderr);
    const [errored] = assertConserved(dir, launches);
    assert.deepEqual([errored?.id, errored?.errors[0]?.path], [idOf(c), '/name']);
    const rows = await workspace.sql<{ id: string; name: string }>('SELECT id, name FROM launches');
    const last = [a, b].map((record) => {
      const { id, name }: { id: string; name: string } = JSON.parse(record);
      return { id, name };
    });
    assert.deepEqual(new Set(rows), new Set(last));
    assert.deepEqual(lines(dir, 'validated', 'launches.ndjson'), twice.slice(0, 2));
    const found = await workspace.json<Explanation>(['explain', 'launches', idOf(a)]);
    assert.equal(found.rows[0]?.['name'], last[0]?.name);
    assert.match(readText(dir, 'profile', 'launches.json'), /"path":\s*"\/__proto__\/name"/);
  });

  void it('keep their old rows, and only rows whose records are certainly gone are deleted', async (t) => {
    const good = await goodLaunches(100);
    const api = await startChangingApi({ launches: 1 });
    t.after(api.close);
    const { pull, sql, configure } = server.workspace();
    const serve = async (records: readonly (string | Buffer)[]): Promise<Partial<ResourceReport>> => {
      api.set(LAUNCHES, { body: arrayOf(records) });
      const { report, stderr } = await pull(['--migrate', '--source', api.url]);
      const { status, inserted, updated, unchanged, deleted, held } =
        report.resources['launches'] ?? assert.fail(stderr);
      return { status, inserted, updated, unchanged, deleted, held };
    };
    const wrong = (record: string, kind: BadKind = 'wrong-type'): string | Buffer =>
      spoil(kind, 'launches', record, null, JSON.stringify);
    const [a = '', b = '', c = '', d = '', e = '', ...others] = good;
    const succeeded = { status: 'succeeded', inserted: 0, updated: 0, deleted: 0, held: 0 };

    assert.deepEqual(await serve(good), { ...succeeded, inserted: 100, unchanged: 0 });
    // The records a and b are missing, and c and d are broken.
    const second = await serve([wrong(c), wrong(d, 'bad-date'), e, ...others]);
    assert.deepEqual(second, { ...succeeded, unchanged: 96, deleted: 2, held: 2 });
    const gone = await sql<{ row_id: string; name: string }>(
      `SELECT row_id, "row"->>'name' AS name FROM tombstones WHERE table_name = 'launches'`,
    );
    assert.deepEqual(gone.map(({ row_id }) => row_id).toSorted(), [idOf(a), idOf(b)].toSorted());
    assert.ok(gone.every(({ name }) => name !== ''));
    assert.deepEqual(await sql('SELECT count(*)::int AS n FROM launches'), [{ n: 98 }]);
    // A record without an id could be any of the missing records, so none is deleted.
    const third = await serve([wrong(c, 'missing-id'), e, ...others]);
    assert.deepEqual(third, { ...succeeded, unchanged: 96 });
    // All records are back. If two records share an id, the first one counts.
    const again = a.replace(/"name":"[^"]*"/, '"name":"A second one"');
    const fourth = await serve([...good, again]);
    assert.deepEqual(fourth, { ...succeeded, inserted: 2, unchanged: 98 });
    assert.deepEqual(await sql(`SELECT count(*)::int AS n FROM launches WHERE name = 'A second one'`), [
      { n: 0 },
    ]);
    assert.deepEqual(await sql(`SELECT count(*)::int AS n FROM tombstones WHERE table_name = 'launches'`), [
      { n: 2 },
    ]);
    configure({ deletes: false });
    assert.deepEqual(await serve([c, d, e, ...others]), { ...succeeded, unchanged: 98 });
  });

  void it('leave the old rows in place when too many are broken or too many are missing', async (t) => {
    const options = { launches: 100, seed: 1 };
    const api = await startChangingApi(options);
    t.after(api.close);
    const workspace = server.workspace();
    const first = await pullLaunches(workspace, ['--migrate', '--source', api.url]);
    assert.equal(first.code, 0, first.stderr);
    const rows = (): Promise<unknown[]> => workspace.sql('SELECT * FROM launches ORDER BY id');
    const old = await rows();
    for (const { faults, error, message, hint } of [
      {
        faults: 'bad=0.5@launches',
        error: 'rejects',
        message: /\d+ of 100 records broke the contract/,
        hint: /rejects list/,
      },
      {
        faults: 'gone=0.3',
        error: 'vanished',
        message: /\d+ of 100 rows are missing/,
        hint: /VANISHED_COUNT=28 /,
      },
    ]) {
      await api.serve({ ...options, faults });
      const result = await pullLaunches(workspace, ['--source', api.url]);
      assertFailure({ ...result, signal: null }, { code: 4, message, hint });
      assert.deepEqual([result.launches.status, result.launches.error?.code], ['failed', error]);
      assert.deepEqual(await rows(), old);
      assertConserved(result.dir, result.launches);
    }
  });
});

async function goodLaunches(launches: number): Promise<string[]> {
  const { body } = (await sandboxReplies({ launches }))[LAUNCHES];
  const records: readonly unknown[] = JSON.parse(body.toString());
  return records.map((record) => JSON.stringify(record));
}

function idOf(record = '{}'): string {
  return JSON.parse(record).id;
}

function arrayOf(elements: readonly (string | Buffer)[]): Buffer {
  const parts = elements.flatMap((element, index) => [
    Buffer.from(index === 0 ? '[' : ','),
    Buffer.from(element),
  ]);
  return Buffer.concat([...parts, Buffer.from(']')]);
}
