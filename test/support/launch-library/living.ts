import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import { Client } from 'pg';

import { planChanges } from '../../../src/app/plan.ts';
import { runPull } from '../../../src/app/pull.ts';
import { replayRun } from '../../../src/app/replay.ts';
import { openRuntime } from '../../../src/app/runtime.ts';
import { verifyTargets } from '../../../src/app/verify.ts';
import { forSource } from '../../../src/config/for-source.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { RunReport } from '../../../src/core/run.ts';
import type { Source } from '../../../src/core/source.ts';
import { buildDag } from '../../../src/engine/dag.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { startLaunchLibrary, type LaunchLibraryOptions } from '../../../src/sandbox/launch-library/server.ts';
import launchLibrary from '../../../src/sources/launch-library/source.ts';
import { createTestLog, type Line } from '../http-upstream.ts';
import type { TestServer } from '../workspace.ts';
import { NOON } from './changing-world.ts';
import type { PlanReport, VerifyReport } from '../../../src/output/runs.ts';

export type LivingOptions = LaunchLibraryOptions & {
  /** Settings for the source, in addition to `provider`, which is set to all providers. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** NOON by default. */
  readonly startsAt?: number;
  /** Replaces the existing source with the same name. */
  readonly source?: Source;
};

export type RunOptions = {
  readonly full?: boolean;
  readonly restart?: boolean;
  /** Environment variables that override the configuration, such as SPACEX_PIPELINE_DATA_DIR. */
  readonly env?: Readonly<Record<string, string>>;
};

/** A stand-in for Launch Library, with a way to run against it in this process at times that the test chooses. */
export type Living = {
  /** The current time for the stand-in and the runs, in milliseconds since 1970. */
  at: number;
  readonly folder: string;
  readonly schema: string;
  /** The stand-in's URL, including the version. */
  readonly url: string;
  readonly lines: readonly Line[];
  readonly run: (how?: RunOptions) => Promise<RunReport>;
  readonly plan: () => Promise<PlanReport>;
  /** Derives the complete chain that ends with a run, into the schema that `env` names. */
  readonly replay: (runId: string, env: RunOptions['env']) => Promise<RunReport>;
  readonly verify: (env?: RunOptions['env']) => Promise<VerifyReport>;
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the test says what rows it expects
  readonly rows: <R>(sql: string) => Promise<R[]>;
  /** The paths that have been requested since the last call, with their queries. */
  readonly asked: () => readonly string[];
};

export async function startLiving(
  t: TestContext,
  server: TestServer,
  { settings = {}, source = launchLibrary, startsAt = NOON, ...options }: LivingOptions,
): Promise<Living> {
  const requests: string[] = [];
  const state = { at: startsAt };
  const library = await startLaunchLibrary({
    requestsPerWindow: 1e6,
    clock: { now: () => state.at },
    ...options,
    async beforeAnswer(path) {
      requests.push(path);
      await options.beforeAnswer?.(path);
    },
  });
  t.after(() => library.close());
  const folder = mkdtempSync(join(tmpdir(), 'test-living-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const schema = `living_${randomUUID().slice(0, 8)}`;
  const own = {
    schema,
    baseUrl: library.baseUrl,
    provider: 'all',
    requestsPerSecond: 1000,
    burst: 1000,
    backoffBaseSeconds: 0,
    ...settings,
  };
  const config = { database: { url: server.url }, sources: { 'launch-library': own } };
  writeFileSync(join(folder, 'spacex-pipeline.config.json'), JSON.stringify(config));
  const { signal } = new AbortController();
  const runtime = openRuntime({ signal });
  t.after(() => runtime.close());
  const load = async (env: RunOptions['env'] = {}) =>
    forSource(await loadConfig({ env, cwd: folder }), source);
  const loaded = await load();
  const { lines, log } = createTestLog();
  const clock = { ...systemClock, now: () => state.at };
  const deps = { runtime, clock, log, signal, urlFrom: loaded.urlFrom, subscribers: [] };
  return Object.assign(state, {
    folder,
    schema,
    url: library.baseUrl,
    lines,
    run: async ({ env, full = false, restart = false }: RunOptions = {}) =>
      runPull(
        await load(env),
        {
          dag: buildDag(source.resources, null),
          from: null,
          asOf: null,
          orSandbox: false,
          full,
          restart,
          migrate: true,
        },
        deps,
      ),
    plan: async () => planChanges(await load(), { resources: null, from: null, asOf: null, runs: [] }, deps),
    replay: async (runId: string, env: RunOptions['env']) =>
      replayRun(await load(env), { runId, resources: null, force: false, migrate: true }, deps),
    verify: async (env?: RunOptions['env']) => verifyTargets([await load(env)], deps),
    async rows<R>(sql: string) {
      const client = new Client({
        connectionString: server.url,
        options: `-c search_path=${schema},${schema}_pipeline`,
      });
      await client.connect();
      try {
        return (await client.query(sql)).rows as R[];
      } finally {
        await client.end();
      }
    },
    asked: () => requests.splice(0).map((path) => decodeURIComponent(path)),
  });
}

/** Performs a run that must succeed and leave everything intact. Returns its report on launches. */
export async function pulled(one: Living, how: RunOptions = {}) {
  const { error, resources, status } = await one.run(how);
  const { launches } = resources;
  assert.equal(status, 'succeeded', error?.message);
  assert.ok(launches !== undefined);
  assert.ok((await one.verify(how.env)).intact);
  return launches;
}
