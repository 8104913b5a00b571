import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { LAUNCHES, sandboxReplies, startApi, type Api } from '../support/api.ts';
import { LAUNCHER, runCli } from '../support/cli.ts';
import { createTestServer, type ServerWorkspace, type TestServer } from '../support/workspace.ts';

type Launch = { name: unknown; date_unix: number };

void describe('the summary of a run', () => {
  let server: TestServer;
  let api: Api;
  let workspace: ServerWorkspace;
  let stdout: string;
  before(async () => {
    server = await createTestServer();
    workspace = server.workspace({ resources: ['rockets', 'launches', 'capsules', 'crew'] });
    const replies = await sandboxReplies({ launches: 20 });
    const launches: Launch[] = JSON.parse(String(replies[LAUNCHES].body));
    const [broken, wrong] = launches;
    if (broken === undefined || wrong === undefined) assert.fail('no launches');
    broken.name = 5;
    wrong.date_unix += 5;
    // The API does not have the other two resources.
    api = await startApi({ ...replies, [LAUNCHES]: { body: JSON.stringify(launches) } });
    const run = await workspace.run(['run', '--migrate', '--from', api.url]);
    assert.equal(run.code, 3, run.stderr);
    stdout = run.stdout;
  });
  after(async () => {
    await api.close();
    await server.close();
  });

  /** The command at the end of a line of the run's output, as words. */
  const commandIn = (line: RegExp): string[] => {
    const command = line.exec(stdout)?.groups?.['command'] ?? assert.fail(stdout);
    const [program = '', ...args] = command.split(' ');
    assert.equal(resolve(workspace.folder, program), LAUNCHER);
    return args;
  };
  const typed = (args: readonly string[]) => runCli(args, { cwd: workspace.folder });

  void it('shows totals and the kind of records, but no table of counts', () => {
    assert.match(
      stdout,
      /^! partial: 2 of 4 resources, 24 records in \d+(?:\.\d)? s \(\d+\/s\) · real, from http:\S+\n/,
    );
    assert.doesNotMatch(stdout, /received/);
  });

  void it('names the resources that failed, with the command that explains why', async () => {
    const { code, stdout: shown } = await typed(commandIn(/^Failed: capsules, crew\. Why: (?<command>.+)$/m));
    assert.equal(code, 0);
    assert.match(shown, /capsules[\s\S]*404[\s\S]*crew[\s\S]*404/);
  });

  void it('counts the rejects, with the command that explains them', async () => {
    const { code, stdout: shown } = await typed(
      commandIn(/^Rejected: 1 of launches\. Why: (?<command>.+)$/m),
    );
    assert.equal(code, 0);
    assert.match(shown, /launches.*\/name/);
  });

  void it('counts the same checks as the command that it suggests', async () => {
    const line = /^Checks: (?<counts>\d+ of \d+) found something, 2 errors.*\. Details: (?<command>.+)$/m;
    const counts = line.exec(stdout)?.groups?.['counts'] ?? assert.fail(stdout);
    const { code, stdout: shown } = await typed(commandIn(line));
    assert.equal(code, 0);
    assert.match(shown, new RegExp(`^${counts} checks found something after run `, 'm'));
  });
});
