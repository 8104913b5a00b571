import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { LAUNCHES, sandboxReplies, startApi, type Api } from '../support/api.ts';
import {
  assertFailure,
  createTestServer,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';
import type { CheckReport, CheckRow } from '../../src/output/records.ts';

type Launch = { readonly id: string; readonly name: string; date_unix: number };

void describe('checks', () => {
  let server: TestServer;
  let api: Api;
  let workspace: ServerWorkspace;
  let wrong: Launch;
  let rocketsRunId: string;
  let runId: string;
  before(async () => {
    server = await createTestServer();
    workspace = server.workspace();
    const replies = await sandboxReplies({ launches: 20 });
    const launches: Launch[] = JSON.parse(String(replies[LAUNCHES].body));
    wrong = launches[3] ?? assert.fail('no launch');
    wrong.date_unix += 5;
    api = await startApi({ ...replies, [LAUNCHES]: { body: JSON.stringify(launches) } });
    const first = await workspace.pull(['--migrate', '--source', api.url, '--resources', 'rockets']);
    rocketsRunId = first.report.run_id ?? assert.fail(first.stderr);
    const { report, stderr } = await workspace.pull(['--source', api.url]);
    runId = report.run_id ?? assert.fail(stderr);
  });
  after(async () => {
    await api.close();
    await server.close();
  });

  void it('prints the findings, errors first, and how to see their rows', async () => {
    const { code, stdout, stderr } = await workspace.run(['checks', runId.slice(0, 20)]);
    assert.equal(code, 0, stderr);
    const lines = stdout.trimEnd().split('\n');
    assert.match(lines[0] ?? '', /^severity +check +count +description$/);
    assert.match(
      lines[2] ?? '',
      /^error +launch_unix_differs +1 +The Unix timestamp does not match the date/,
    );
    assert.doesNotMatch(stdout, /launch_local_differs|Not run/);
    assert.match(lines.at(-2) ?? '', new RegExp(`^\\d+ of \\d+ checks found something after run ${runId}$`));
    assert.match(lines.at(-1) ?? '', /^Rows: \S*spacex-pipeline checks --rows launch_unix_differs$/);
    const rows = await workspace.json<CheckRow[]>(['checks', '--rows', 'launch_unix_differs']);
    assert.deepEqual(rows, [{ id: wrong.id, detail: `${wrong.name.trim()}: by 5 s` }]);
  });

  void it('prints every check with --all, even checks without findings and checks that could not run', async () => {
    const all = await workspace.json<CheckReport[]>(['checks', '--all']);
    const of = (name: string) => all.find((one) => one.name === name);
    assert.partialDeepStrictEqual(of('launch_local_differs'), { severity: 'error', count: 0, error: null });
    assert.partialDeepStrictEqual(of('dangling_launches_rocket_id'), { resource: 'launches', count: 0 });
    assert.equal(of('core_reuse_count_differs'), undefined); // cores were not pulled
    const { stdout } = await workspace.run(['checks', '--all', rocketsRunId]);
    assert.match(
      stdout,
      /^error +rocket_first_flight_differs +Not run, because .* never been published. The date of the first flight /m,
    );
    assert.match(stdout, /^0 of 3 checks found something after run /m);
  });

  void it('exits 10 if a check has findings at or above the --fail-on severity', async () => {
    const codes = async (...args: string[]): Promise<(number | null)[]> => {
      const all = ['error', 'warning', 'info'].map((severity) =>
        workspace.run(['checks', ...args, '--fail-on', severity]),
      );
      return (await Promise.all(all)).map(({ code }) => code);
    };
    assert.deepEqual(await codes(runId), [10, 10, 10]);
    assert.deepEqual(await codes(rocketsRunId), [0, 0, 0]);
    await workspace.sql(`UPDATE run_checks SET severity = 'warning' WHERE severity = 'error'`);
    assert.deepEqual(await codes(), [0, 10, 10]);
    await workspace.sql(`UPDATE run_checks SET severity = 'error' WHERE check_name = 'launch_unix_differs'`);
    const { code, stdout, stderr } = await workspace.run(['checks', '--fail-on', 'error', '--json']);
    assert.deepEqual([code, stderr], [10, '']);
    assert.match(stdout, /launch_unix_differs/);
    assertFailure(await workspace.run(['checks', '--rows', 'launch_unix_differs', '--fail-on', 'error']), {
      code: 2,
      message: /--fail-on: it does not work with --rows$/,
    });
    assertFailure(await workspace.run(['checks', '--fail-on', 'errors']), {
      code: 2,
      message: /error, warning, info/,
    });
  });

  void it('rejects an unknown check', async () => {
    assertFailure(await workspace.run(['checks', '--rows', 'nix']), {
      code: 2,
      message: /Cannot find check "nix"/,
      hint: /spacex-pipeline checks/,
    });
  });
});
