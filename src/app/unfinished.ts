import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { folderRuns } from '../adapters/files/history.ts';
import { isAlive } from '../adapters/files/run-folders.ts';
import { runFolder } from '../adapters/files/run-store.ts';
import type { SourceConfig } from '../config/for-source.ts';
import type { ErrorCode } from '../core/errors.ts';

/** What came is whole, and more was to come. */
const CUT_OFF: ReadonlySet<ErrorCode | null> = new Set(['source', 'interrupted', null]);

/**
 * The newest run of a source that is pulled by changes, where it came to no end and has pages: the next one goes on with
 * it, so that nothing is asked for twice. Null where there is none.
 */
export async function unfinishedPull({ source }: SourceConfig, dataDir: string): Promise<string | null> {
  if (source.changes === null) return null;
  const [newest] = await folderRuns(dataDir, 1, (manifest) => manifest.source === source.name);
  if (newest === undefined || newest.origin_run_id !== null) return null;
  const { error, resources, run_id, status } = newest;
  if (status === 'succeeded' || status === 'partial') return null;
  if (status === 'running' && isAlive(newest)) return null;
  const codes = [error, ...Object.values(resources).map((one) => one.error)].map((one) => one?.code ?? null);
  if (!codes.every((code) => CUT_OFF.has(code))) return null;
  const hasPages = source.resources.some(({ name }) =>
    existsSync(join(runFolder(dataDir, run_id), 'raw', name)),
  );
  return hasPages ? run_id : null;
}
