import { randomBytes } from 'node:crypto';

import { withPreviewFolder } from '../adapters/files/run-folders.ts';
import type { LoadedSource } from '../config/for-source.ts';
import { previewAll, type Preview } from '../engine/preview.ts';
import { uuidv7 } from '../lib/uuidv7.ts';
import type { OpenDatabase } from './runtime.ts';
import { openRun, type RunOptions } from './open-run.ts';
import { hintAt, makeReady, prepare } from './prepare.ts';
import type { RunDeps } from './run.ts';
import type { OpenSource } from './source.ts';

/** How many changed rows to show for each table and kind. */
const SAMPLE = 5;

/** Where and on what a preview works. */
export type PreviewOptions = Pick<RunOptions, 'plan' | 'chosen' | 'readyRaw' | 'runId'> & {
  readonly opened: OpenDatabase;
  /** May the database be changed, because it exists only for the preview? */
  readonly mayMigrate: boolean;
};

/** Provides the name of a folder for a preview, and deletes the folder when the work is done. */
export function inPreviewFolder<T>(
  dataDir: string,
  { clock }: Pick<RunDeps, 'clock'>,
  work: (runId: string) => Promise<T>,
): Promise<T> {
  return withPreviewFolder(dataDir, uuidv7(clock.now(), randomBytes), work);
}

/**
 * Derives the source's records, or raw files that already exist, into staging, compares them with what is published,
 * and discards them. The schema is locked in the meantime; nothing of the run remains.
 */
export async function preview(
  { config }: LoadedSource,
  source: OpenSource,
  { mayMigrate, opened, ...own }: PreviewOptions,
  deps: RunDeps,
): Promise<Preview> {
  const prepared = await prepare(
    opened,
    { source: config.source, plan: own.plan, mayMigrate, publishes: false },
    deps,
  );
  const missing = await makeReady(opened, prepared, deps);
  const unready = new Map([...missing].map(([name, error]) => [name, hintAt(config, source.dataDir, error)]));
  const startedAt = new Date(deps.clock.now()).toISOString();
  const { lockSeconds } = prepared;
  const options = {
    ...own,
    lockSeconds,
    full: false,
    resumed: false,
    unready,
    startedAt,
    originRunId: null,
    chainOf: async () => null,
    keeps: false,
  };
  return previewAll(await openRun(config, opened, source, options, deps), SAMPLE);
}
