import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { RunReport } from '../../src/core/run.ts';
import { createGate, LAUNCHES, ROCKETS, sandboxReplies, startApi, type Api } from '../support/api.ts';
import type { RunningCli } from '../support/cli.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import {
  assertFailure,
  createTestServer,
  createWorkspace,
  type TestServer,
  type Workspace,
} from '../support/workspace.ts';

let server: TestServer;
let replies: Awaited<ReturnType<typeof sandboxReplies>>;
before(async () => {
  server = await createTestServer();
  replies = await sandboxReplies({ launches: 40 });
});
after(() => server.close());

type Holder = { readonly running: RunningCli; readonly open: () => void };

/** Starts a run that holds the database while it waits for the rest of a response body. */
async function hold(workspace: Workspace, api: Api): Promise<Holder> {
  const gate = createGate(10_000);
  api.set(LAUNCHES, { ...replies[LAUNCHES], gate });
  const running = workspace.start(['run', '--full', '--json', '--from', api.url]);
  await Promise.race([gate.reached, running.finished]);
  api.set(LAUNCHES, replies[LAUNCHES]);
  return { running, open: gate.open };
}

const PLACES: Readonly<Record<string, { readonly make: () => Promise<Workspace>; readonly holder: RegExp }>> =
  {
    'on a server': {
      make: async () => server.workspace(),
      holder: /schema test_\d+.*: run [0-9a-f-]{36} holds the lock \(host \S+, pid \d+, since /,
    },
    'on the embedded database': {
      make: async () => withEmbedded(createWorkspace()),
      holder: /\/data.*: another process is using it \(run on host \S+, pid \d+, since /,
    },
  };

for (const [where, { make, holder }] of Object.entries(PLACES)) {
  void describe(`a run while another run holds the database ${where}`, () => {
    let workspace: Workspace;
    let api: Api;
    let held: Holder;
    before(async () => {
      workspace = await make();
      api = await startApi(replies);
      const first = await workspace.run(['run', '--migrate', '--from', api.url]);
      assert.equal(first.code, 0, first.stderr);
      held = await hold(workspace, api);
    });
    after(async () => {
      held.open();
      await held.running.finished;
      await api.close();
      workspace.remove();
    });
    const asked = (): number => api.requests.filter(({ path: asks }) => asks === ROCKETS).length;

    void it('fails by default', async () => {
      const failed = await workspace.run(['run', '--from', api.url]);
      assertFailure(failed, { code: 7, message: holder });
    });

    void it('is skipped with --if-busy skip, and writes nothing', async () => {
      const all = workspace.list();
      const [holding] = all.filter((name) => /^data\/runs\/[^/]+$/.test(name)).slice(-1);
      // Meanwhile, the run that holds the database may write to its own folder and to the database.
      const others = (names: readonly string[]) =>
        names.filter((name) => !name.startsWith(`${holding}/`) && !name.startsWith('data/database/'));
      const [files, requests] = [others(all), asked()];
      const text = await workspace.run(['run', '--if-busy', 'skip', '--from', api.url]);
      assert.deepEqual([text.code, text.stdout], [0, '']);
      assert.match(text.stderr, /^\d\d:\d\d:\d\d info {2}skipped because .* is busy: .*\n$/);
      assert.match(text.stderr, holder);
      const json = await workspace.pull(['--if-busy', 'skip', '--from', api.url, '--log-format', 'json']);
      const { source, ...report } = json.report;
      assert.equal(json.code, 0);
      assert.match(source ?? '', /^\w+$/);
      assert.deepEqual(report, {
        run_id: null,
        status: 'skipped',
        address: null,
        simulated: null,
        run_dir: null,
        job: null,
        started_at: null,
        finished_at: null,
        resources: {},
        error: null,
      });
      const { event, level, reason } = JSON.parse(json.stderr);
      assert.deepEqual([event, level], ['run.skipped', 'info']);
      assert.match(reason, holder);
      assert.deepEqual([others(workspace.list()), asked()], [files, requests]);
    });

    void it('fails after --wait-timeout', async () => {
      const late = await workspace.run([
        'run',
        '--if-busy',
        'wait',
        '--wait-timeout',
        '0.3',
        '--from',
        api.url,
      ]);
      assertFailure(late, { code: 7, message: holder });
      assert.match(late.stderr, /^\S+ info {2}waiting for /);
      assert.match(late.stderr, /; waited 0\.3 s$/m);
    });

    void it('can be interrupted while it waits', async () => {
      const waiting = workspace.start(['run', '--if-busy', 'wait', '--from', api.url]);
      await waiting.line(/waiting for /);
      waiting.kill('SIGINT');
      assertFailure(await waiting.finished, { code: 130, message: /interrupted/ });
    });

    void it('waits with --if-busy wait, and then runs', async () => {
      const waiting = workspace.start(['run', '--if-busy', 'wait', '--json', '--from', api.url]);
      assert.match(await waiting.line(/waiting for /), holder);
      held.open();
      const [one, other] = await Promise.all([held.running.finished, waiting.finished]);
      assert.deepEqual([one.code, other.code], [0, 0], one.stderr + other.stderr);
      const [first, second]: RunReport[] = [one, other].map(({ stdout }) => JSON.parse(stdout));
      assert.ok((first?.finished_at ?? '') <= (second?.started_at ?? ''), 'one after the other');
    });
  });
}

void it('--wait-timeout is rejected without --if-busy wait', async (t) => {
  const workspace = createWorkspace();
  t.after(workspace.remove);
  for (const flags of [[], ['--if-busy', 'skip']])
    assertFailure(await workspace.run(['run', ...flags, '--wait-timeout', '5']), {
      code: 2,
      message: /--wait-timeout: it needs --if-busy wait$/,
      hint: /run --help$/,
    });
  assertFailure(await workspace.run(['run', '--if-busy', 'wait', '--wait-timeout', '0']), {
    code: 2,
    message: /number of seconds above 0/,
  });
});
