import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';

import { LAUNCHES, sandboxReplies, startApi, type Api } from '../support/api.ts';
import {
  assertFailure,
  createTestServer,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';
import type { RejectLine } from '../../src/output/records.ts';

type Launch = Readonly<Record<string, unknown>> & { readonly id: string };

let server: TestServer;
let workspace: ServerWorkspace;
let api: Api;
let launches: readonly Launch[];

before(async () => {
  server = await createTestServer();
  workspace = server.workspace();
  const replies = await sandboxReplies({ launches: 100 });
  launches = JSON.parse(String(replies[LAUNCHES].body)) as Launch[];
  api = await startApi(replies);
});
after(async () => {
  await api.close();
  await server.close();
});

/** Serves the launches with these changes, and pulls them. */
async function pull(
  changes: Readonly<Record<number, Readonly<Record<string, unknown>> | null>>,
): Promise<string> {
  const body = launches.flatMap((launch, index) => {
    const change = changes[index];
    return change === null ? [] : [{ ...launch, ...change }];
  });
  api.set(LAUNCHES, { body: JSON.stringify(body) });
  const { code, report, stderr } = await workspace.pull(['--migrate', '--source', api.url]);
  assert.equal(code, 0, stderr);
  return report.run_id ?? '';
}

async function lines(...args: readonly string[]): Promise<Record<string, RejectLine>> {
  const found = await workspace.json<RejectLine[]>(['rejects', 'list', '--status', 'all', ...args]);
  return Object.fromEntries(
    found.map((line) => [`${line.id} ${line.errors.map(({ path }) => path).join()}`, line]),
  );
}

const id = (index: number): string => launches[index]?.id ?? '';

void describe('a reject', () => {
  void it('is open and counted while its record breaks the contract, and later becomes fixed or gone', async () => {
    const first = await pull({ 1: { name: 7 }, 2: { name: 8, upcoming: 'no' }, 3: { tbd: null } });
    const opened = await lines();
    assert.deepEqual(Object.keys(opened).sort(), [
      `${id(1)} /name`,
      `${id(2)} /name,/upcoming`,
      `${id(3)} /tbd`,
    ]);
    for (const line of Object.values(opened)) {
      assert.partialDeepStrictEqual(line, {
        status: 'open',
        times: 1,
        first_run_id: first,
        last_run_id: first,
      });
    }

    // The first record breaks the contract in the same way with a different value, the second record in a
    // different way, and the third record is missing.
    const second = await pull({ 1: { name: null }, 2: { upcoming: 'no' }, 3: null });
    const moved = await lines();
    assert.partialDeepStrictEqual(moved, {
      [`${id(1)} /name`]: { status: 'open', times: 2, first_run_id: first, last_run_id: second },
      [`${id(2)} /name,/upcoming`]: { status: 'fixed', times: 1, last_run_id: first },
      [`${id(2)} /upcoming`]: { status: 'open', times: 1, first_run_id: second },
      [`${id(3)} /tbd`]: { status: 'gone', times: 1 },
    });
    assert.equal(moved[`${id(1)} /name`]?.errors[0]?.value, null);

    const third = await pull({ 2: { upcoming: 'no' }, 3: { tbd: null } });
    assert.partialDeepStrictEqual(await lines(), {
      [`${id(1)} /name`]: { status: 'fixed', times: 2, last_run_id: second },
      [`${id(2)} /upcoming`]: { status: 'open', times: 2, last_run_id: third },
      [`${id(3)} /tbd`]: { status: 'open', times: 2, first_run_id: first, last_run_id: third },
    });
    const open = await workspace.json<RejectLine[]>(['rejects', 'list', '--status', 'open']);
    assert.deepEqual(open.map((line) => line.id).sort(), [id(2), id(3)].sort());
    assert.equal(
      (await workspace.json<unknown[]>(['rejects', 'list', '--status', 'fixed', '--limit', '1'])).length,
      1,
    );
  });

  void it('can be waived with a reason, and stays waived while the record stays the same', async () => {
    const broken = { 5: { details: 5 } };
    await pull(broken);
    assertFailure(await workspace.run(['rejects', 'waive', id(5)]), { code: 2, message: /--reason/ });
    const told = await workspace.run(['rejects', 'waive', id(5), '--reason', 'a known number']);
    assert.deepEqual([told.code, told.stdout], [0, `Waived 1 reject for record ${id(5)}.\n`]);
    await pull(broken);
    const line = { status: 'waived', reason: 'a known number', times: 2 };
    assert.partialDeepStrictEqual(await lines('--resource', 'launches'), { [`${id(5)} /details`]: line });
    await pull({});
    assert.partialDeepStrictEqual(await lines(), { [`${id(5)} /details`]: { ...line, status: 'fixed' } });
    assertFailure(await workspace.run(['rejects', 'waive', id(5), '--reason', 'x']), {
      code: 2,
      message: /Cannot find open rejects for record/,
      hint: /rejects list --status open$/,
    });
  });

  void it('is shown with its bytes and the position of the error, from the ledger or from the raw file', async () => {
    const large = 'x'.repeat(70_000);
    const runId = await pull({
      7: { details: 5, name: 'a \u001b[31mred\u001b[0m name' },
      8: { details: large, name: 9 },
    });
    const { code, stdout } = await workspace.run(['rejects', 'show', id(7)]);
    assert.equal(code, 0);
    assert.ok(!stdout.includes('\u001b'));
    const rows = stdout.split('\n');
    const marked = rows.findIndex((row) => /^ *\^+$/.test(row));
    const column = rows[marked]?.indexOf('^') ?? 0;
    assert.equal(rows[marked - 1]?.slice(column - 10, column + 1), '"details":5');
    const [fromRaw] = await workspace.json<{ record: string }[]>(['rejects', 'show', id(8)]);
    assert.partialDeepStrictEqual(JSON.parse(fromRaw?.record ?? ''), { id: id(8), details: large });
    rmSync(`${workspace.folder}/data/runs/${runId}`, { recursive: true });
    const [small] = await workspace.json<{ record: string }[]>(['rejects', 'show', id(7)]);
    assert.partialDeepStrictEqual(JSON.parse(small?.record ?? ''), { id: id(7), details: 5 });
    const [gone] = await workspace.json<{ record: string | null }[]>(['rejects', 'show', id(8)]);
    assert.equal(gone?.record, null);
    assertFailure(await workspace.run(['rejects', 'show', 'nobody']), {
      code: 2,
      message: /Cannot find rejects for record "nobody"/,
    });
  });
});
