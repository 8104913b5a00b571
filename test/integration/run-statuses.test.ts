import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { runOnce } from '../../src/app/run.ts';
import { openRuntime } from '../../src/app/runtime.ts';
import { forSource } from '../../src/config/for-source.ts';
import { loadConfig } from '../../src/config/load.ts';
import { AbsentError } from '../../src/core/errors.ts';
import type { Upstream } from '../../src/core/ports.ts';
import type { RunReport } from '../../src/core/run.ts';
import { buildDag } from '../../src/engine/dag.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts';
import source from '../../src/sources/spacex/source.ts';
import { createTestLog, openTestUpstream } from '../support/http-upstream.ts';
import { createTestServer, type ServerWorkspace } from '../support/workspace.ts';

const server = await createTestServer();
after(() => server.close());

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({ launches: 30 });
});
after(() => sandbox.close());

/**
 * An upstream in which some resources have no copy. Its records count as real, because simulated records would be
 * rejected.
 */
function lacking(upstream: Upstream, absent: readonly string[]): Upstream {
  return {
    ...upstream,
    open(request, signal) {
      const tries = upstream.open(request, signal);
      const next = async () => {
        if (absent.includes(request.resource))
          throw new AbsentError(`Cannot get ${request.resource}: no copy of it exists`);
        return { ...(await tries.next()), simulated: false };
      };
      return { ...tries, next };
    },
  };
}

type Asked = {
  readonly chosen?: readonly string[] | null;
  readonly absent?: readonly string[];
  readonly address?: string;
  readonly keepsOthers?: boolean;
  readonly atomic?: boolean;
};

/** Runs launches and the rockets that they need, unless other resources are chosen. */
async function run(workspace: ServerWorkspace, asked: Asked = {}): Promise<RunReport> {
  const { absent = [], address = sandbox.url, atomic = false, chosen = null, keepsOthers = false } = asked;
  const whole = await loadConfig({ env: {}, cwd: workspace.folder, flags: { atomic } });
  const loaded = forSource(whole, source);
  const { upstream } = openTestUpstream(sandbox.url, { address });
  const dag = buildDag(source.resources, chosen ?? ['launches']);
  const start = { dag, chosen, full: false, migrate: true };
  const opened = {
    upstream: lacking(upstream, absent),
    keepsOthers,
    dataDir: loaded.config.dataDir,
    close: upstream.close,
  };
  const { signal } = new AbortController();
  return runOnce(loaded, start, async () => opened, {
    runtime: openRuntime({ signal }),
    clock: systemClock,
    log: createTestLog().log,
    signal,
    urlFrom: loaded.urlFrom,
    subscribers: [],
  });
}

function outcome({ error, resources, status }: RunReport) {
  return [status, error?.code ?? null, ...['rockets', 'launches'].map((name) => resources[name]?.status)];
}

void describe('a resource without a copy', { concurrency: 3 }, () => {
  void it('keeps its rows, and the resources that need it can use them', async () => {
    const workspace = server.workspace();
    await run(workspace);
    const named = () => workspace.sql('SELECT id, rocket_name FROM launches ORDER BY id');
    const asItWas = await named();
    await workspace.sql('UPDATE launches SET rocket_name = NULL');
    for (const atomic of [false, true]) {
      const report = await run(workspace, { absent: ['rockets'], atomic });
      assert.deepEqual(outcome(report), ['succeeded', null, 'absent', 'succeeded']);
      assert.match(report.resources['rockets']?.error?.message ?? '', /no copy of it exists$/);
      assert.deepEqual(await named(), asItWas);
    }
    assert.deepEqual(await workspace.sql('SELECT count(*)::int AS n FROM rockets'), [{ n: 4 }]);
    const [newest] = await workspace.json<readonly RunReport[]>(['runs']);
    assert.deepEqual(newest && outcome(newest), ['succeeded', null, 'absent', 'succeeded']);
  });

  void it('prevents resources that need it from loading if it has no rows', async () => {
    const workspace = server.workspace();
    const report = await run(workspace, { absent: ['rockets'] });
    assert.deepEqual(outcome(report), ['failed', 'source', 'absent', 'skipped']);
    assert.match(report.error?.message ?? '', /^Cannot load launches: it needs rockets, which is absent /);
    assert.deepEqual(await workspace.sql('SELECT count(*)::int AS n FROM launches'), [{ n: 0 }]);
    const raw = path.join(report.run_dir ?? '', 'raw');
    assert.ok(!existsSync(path.join(raw, 'launches')), 'launches is not requested');
    assert.ok(existsSync(path.join(raw, 'rockets', '0001.meta.json')), 'the failed attempt is kept');
  });

  void it('is a failure if it was chosen, or if no resource has a copy', async () => {
    const workspace = server.workspace();
    await run(workspace);
    const both = ['rockets', 'launches'];
    const named = await run(workspace, { absent: ['rockets'], chosen: both });
    assert.deepEqual(outcome(named), ['partial', 'source', 'absent', 'succeeded']);
    const needed = await run(workspace, { absent: ['rockets'], chosen: ['launches'] });
    assert.deepEqual(outcome(needed), ['succeeded', null, 'absent', 'succeeded']);
    const none = await run(workspace, { absent: both });
    assert.deepEqual(outcome(none), ['failed', 'source', 'absent', 'absent']);
  });

  void it('is ignored by the reference checks until it has been loaded once', async () => {
    const workspace = server.workspace();
    await run(workspace);
    const dangling = async () => {
      const checks = await workspace.json<readonly { readonly name: string }[]>(['checks', '--all']);
      return checks.map(({ name }) => name).filter((name) => name.startsWith('dangling_'));
    };
    assert.deepEqual(await dangling(), ['dangling_launches_rocket_id']);
    await run(workspace, { chosen: ['launches', 'cores'] });
    assert.ok((await dangling()).includes('dangling_launch_cores_core_id'));
  });

  void it('can be replayed and verified', async () => {
    const workspace = server.workspace();
    await run(workspace);
    const { run_id } = await run(workspace, { absent: ['rockets'] });
    const again = await workspace.json<RunReport>(['replay', run_id ?? '']);
    assert.deepEqual(outcome(again), ['succeeded', null, 'absent', 'succeeded']);
    assert.equal((await workspace.run(['verify'])).code, 0);
  });
});

void describe('a resource that was published from a different address', () => {
  void it('is kept by a default run, and replaced by any other run', async () => {
    const workspace = server.workspace();
    const first = await run(workspace, { chosen: ['rockets'], address: 'live' });
    const mixed = await run(workspace, { address: 'archive', keepsOthers: true });
    assert.deepEqual(outcome(mixed), ['succeeded', null, 'kept', 'succeeded']);
    assert.ok(!existsSync(path.join(mixed.run_dir ?? '', 'raw', 'rockets')));
    const kept = await workspace.sql('SELECT DISTINCT _run_id AS run FROM rockets');
    assert.deepEqual(kept, [{ run: first.run_id }]);
    const own = await run(workspace, { address: 'archive', keepsOthers: true });
    assert.deepEqual(outcome(own), ['succeeded', null, 'kept', 'succeeded']);
    assert.equal(
      own.resources['launches']?.not_modified,
      true,
      'launches came from the same address, so they are requested conditionally',
    );
    const explicit = await run(workspace, { address: 'archive' });
    assert.deepEqual(outcome(explicit), ['succeeded', null, 'succeeded', 'succeeded']);
    assert.equal(explicit.resources['rockets']?.not_modified, false, 'the ETag is from a different address');
    const all = await run(workspace, { address: 'live', keepsOthers: true });
    assert.deepEqual(outcome(all), ['succeeded', null, 'kept', 'kept']);
  });
});
