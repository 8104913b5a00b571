import { randomBytes, randomUUID } from 'node:crypto';

import { withPreviewFolder } from '../adapters/files/run-folders.ts';
import { checkDataKind, openRunStore } from '../adapters/files/run-store.ts';
import { checkKind, openLedger } from '../adapters/postgres/ledger.ts';
import { stagingNames } from '../adapters/postgres/staging.ts';
import { openTarget } from '../adapters/postgres/target.ts';
import type { LoadedSource } from '../config/for-source.ts';
import type { ReadyRaw, RunFolder } from '../core/ports.ts';
import type { ResourcePreview } from '../core/preview.ts';
import type { Resource } from '../core/resource.ts';
import type { Plan } from '../engine/plan.ts';
import { previewAll } from '../engine/preview.ts';
import { uuidv7 } from '../lib/uuidv7.ts';
import { codeDigest } from './code-digest.ts';
import type { OpenDatabase } from './database.ts';
import { hintAt, makeReady, prepare } from './prepare.ts';
import { runRules, type RunDeps } from './run.ts';
import type { OpenSource } from './source.ts';

/** Changed rows that are shown of each table and kind. */
const SAMPLE = 5;

/** Where a preview works. */
type PreviewPlace = {
  /** The name of a folder below `runs`, as of a run. */
  readonly runId: string;
  readonly opened: OpenDatabase;
  /** Is it a database that goes with the folder? */
  readonly mayMigrate: boolean;
};

/** Gives the name of a folder for a preview, which goes when the work is done. */
export function inPreviewFolder<T>(
  dataDir: string,
  { clock }: Pick<RunDeps, 'clock'>,
  work: (runId: string) => Promise<T>,
): Promise<T> {
  return withPreviewFolder(dataDir, uuidv7(clock.now(), randomBytes), work);
}

/**
 * Derives what the source has, or raw files that are ready, into staging, compares it with what is published and
 * throws it away again. The schema is locked meanwhile; nothing of a run is left.
 */
export async function preview(
  loaded: LoadedSource,
  plan: Plan,
  source: OpenSource,
  { opened, runId, mayMigrate }: PreviewPlace,
  readyRaw: (folder: RunFolder, resource: Resource) => Promise<ReadyRaw | null>,
  deps: RunDeps,
): Promise<Readonly<Record<string, ResourcePreview>>> {
  const { config } = loaded;
  const { database, session } = opened;
  const { dataDir, simulated } = source;
  await checkDataKind(dataDir, simulated);
  const prepared = await prepare(opened, { source: config.source, plan, mayMigrate, publishes: false }, deps);
  const missing = await makeReady(opened, prepared, deps);
  const unready = new Map([...missing].map(([name, error]) => [name, hintAt(config, dataDir, error)]));
  await checkKind(session, database.schema, simulated);
  const staging = stagingNames(database.schema, randomUUID());
  const store = openRunStore(dataDir, null);
  const folder = await store.create(runId);
  return previewAll({
    ...deps,
    ...runRules(config),
    plan,
    unready,
    full: true,
    sample: SAMPLE,
    runId,
    simulated,
    startedAt: new Date(deps.clock.now()).toISOString(),
    codeDigest: codeDigest(),
    upstream: source.upstream,
    store,
    folder,
    readyRaw: (resource) => readyRaw(folder, resource),
    ledger: openLedger(database, session, staging),
    target: openTarget(database, session, {
      id: runId,
      staging,
      lockTimeoutSeconds: config.database.lockTimeoutSeconds,
      statementTimeoutSeconds: config.database.statementTimeoutSeconds,
      wait: (milliseconds) => deps.clock.sleep(milliseconds, deps.signal),
    }),
  });
}
