import { randomBytes, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';

import { PREVIEW } from '../adapters/files/run-folders.ts';
import { checkDataKind, openRunStore } from '../adapters/files/run-store.ts';
import { checkKind, openLedger } from '../adapters/postgres/ledger.ts';
import { stagingNames } from '../adapters/postgres/staging.ts';
import { openTarget } from '../adapters/postgres/target.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { ReadyRaw, RunFolder } from '../core/ports.ts';
import type { ResourcePreview } from '../core/preview.ts';
import type { Resource } from '../core/resource.ts';
import type { Plan } from '../engine/plan.ts';
import { previewAll } from '../engine/preview.ts';
import { uuidv7 } from '../lib/uuidv7.ts';
import { codeDigest } from './code-digest.ts';
import type { OpenDatabase } from './database.ts';
import { makeReady, prepare } from './prepare.ts';
import { runRules, type RunDeps } from './run.ts';
import type { OpenSource } from './source.ts';

/** Changed rows that are shown of each table and kind. */
const SAMPLE = 5;

/**
 * Derives what the source has, or raw files that are ready, into staging, compares it with what is published and
 * throws it away again. The schema is locked meanwhile; nothing of a run is left.
 */
export async function preview(
  loaded: LoadedConfig,
  plan: Plan,
  source: OpenSource,
  opened: OpenDatabase,
  readyRaw: (folder: RunFolder, resource: Resource) => Promise<ReadyRaw | null>,
  deps: RunDeps,
): Promise<Readonly<Record<string, ResourcePreview>>> {
  const { config } = loaded;
  const { database, session } = opened;
  const { dataDir, simulated } = source;
  await checkDataKind(dataDir, simulated);
  // A run would make an embedded database, too; there is nothing in it that could change.
  const mayApply = config.database.url === null ? 'new' : 'none';
  const prepared = await prepare(opened, { plan, mayApply, publishes: false }, deps);
  const unready = await makeReady(opened, prepared, deps);
  await checkKind(session.client, database.schema, simulated);
  const startedMs = deps.clock.now();
  // A hidden name: what a kill leaves of it is never read as a run.
  const runId = `${PREVIEW}${uuidv7(startedMs, randomBytes)}`;
  const staging = stagingNames(database.schema, randomUUID());
  const store = openRunStore(dataDir, simulated);
  const folder = await store.create(runId);
  try {
    return await previewAll({
      ...deps,
      ...runRules(config),
      plan,
      unready,
      full: true,
      sample: SAMPLE,
      runId,
      simulated,
      startedAt: new Date(startedMs).toISOString(),
      codeDigest: codeDigest(),
      source: source.source,
      store,
      folder,
      readyRaw: (resource) => readyRaw(folder, resource),
      ledger: openLedger(database, session.client, staging),
      target: openTarget(database, session.client, {
        id: runId,
        staging,
        lockTimeoutSeconds: config.database.lockTimeoutSeconds,
        statementTimeoutSeconds: config.database.statementTimeoutSeconds,
        wait: (milliseconds) => deps.clock.sleep(milliseconds, deps.signal),
      }),
    });
  } finally {
    await rm(folder.path, { recursive: true, force: true });
  }
}
