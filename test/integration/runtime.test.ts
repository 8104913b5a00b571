import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { runPull } from '../../src/app/pull.ts';
import { withDatabase } from '../../src/app/database.ts';
import { openRuntime, type Runtime } from '../../src/app/runtime.ts';
import { forSource, type LoadedSource } from '../../src/config/for-source.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { RunEvent } from '../../src/core/events.ts';
import type { RunReport } from '../../src/core/run.ts';
import { buildDag } from '../../src/engine/dag.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts';
import source from '../../src/sources/spacex/source.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import { createTestLog } from '../support/http-upstream.ts';
import { createTestServer, createWorkspace, type Workspace } from '../support/workspace.ts';

const server = await createTestServer();
after(() => server.close());

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({ launches: 30 });
});
after(() => sandbox.close());

const embedded = await withEmbedded(createWorkspace());
after(() => embedded.remove());

const { signal } = new AbortController();

async function loadedIn({ folder }: Workspace): Promise<LoadedSource> {
  return forSource(await loadConfig({ env: {}, cwd: folder }), source);
}

type Asked = { readonly signal?: AbortSignal; readonly onEvent?: (event: RunEvent) => void };

function run(loaded: LoadedSource, runtime: Runtime, asked: Asked = {}): Promise<RunReport> {
  const dag = buildDag(source.resources, ['launches']);
  return runPull(
    loaded,
    { dag, from: sandbox.url, asOf: null, orSandbox: false, full: true, migrate: true },
    {
      runtime,
      clock: systemClock,
      log: createTestLog().log,
      signal: asked.signal ?? signal,
      urlFrom: loaded.urlFrom,
      subscribers: asked.onEvent === undefined ? [] : [asked.onEvent],
    },
  );
}

function countLaunches(loaded: LoadedSource, runtime: Runtime): Promise<number> {
  const deps = { runtime, clock: systemClock, log: createTestLog().log, signal, urlFrom: loaded.urlFrom };
  const options = { ...deps, dataDir: loaded.config.dataDir, what: 'test', waitMs: 0 };
  return withDatabase(loaded.config, options, async ({ session }) => {
    const { count } = await session.one<{ count: string }>('SELECT count(*) FROM launches');
    return Number(count);
  });
}

for (const [name, workspace] of [
  ['a server', server.workspace()],
  ['the embedded database', embedded],
] as const) {
  describe(`a process that continues after a run on ${name}`, () => {
    let loaded: LoadedSource;
    let runtime: Runtime;
    before(async () => {
      loaded = await loadedIn(workspace);
      runtime = openRuntime({ signal });
    });
    after(() => runtime.close());

    it('can read the tables and run again', async () => {
      const first = await run(loaded, runtime);
      assert.equal(first.status, 'succeeded', first.error?.message);
      assert.equal(await countLaunches(loaded, runtime), 30);
      const second = await run(loaded, runtime);
      assert.equal(second.status, 'succeeded', second.error?.message);
      assert.equal(second.resources['launches']?.unchanged, 30);
    });

    it('allows only one run at a time in a schema', async () => {
      const both = await Promise.allSettled([run(loaded, runtime), run(loaded, runtime)]);
      const refused = both.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
      assert.equal(refused.length, 1, refused.join('\n'));
      assert.match(refused[0] ?? '', /Cannot lock schema \w+: (run [-\w]+|another run) holds the lock/);
      assert.equal((await run(loaded, runtime)).status, 'succeeded', 'the run releases its lock');
    });

    it('stops one run and leaves the database open for others', async () => {
      const stop = new AbortController();
      const stopped = await run(loaded, runtime, {
        signal: stop.signal,
        onEvent: ({ type }) => {
          if (type === 'publish.started') stop.abort(new Error('enough'));
        },
      });
      assert.equal(stopped.status, 'interrupted');
      assert.equal(await countLaunches(loaded, runtime), 30);
      assert.equal((await run(loaded, runtime)).status, 'succeeded');
    });
  });
}
