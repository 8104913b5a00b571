import { basename, join } from 'node:path';

import { holdsReal } from '../adapters/files/data-kind.ts';
import type { SourceConfig } from '../config/for-source.ts';

const SIMULATED = 'sandbox';

/** Simulated records have a data folder of their own, inside the other one. */
export function dataDirOf({ dataDir }: Pick<SourceConfig, 'dataDir'>, from: string | null): string {
  return from === 'sandbox' && !isSimulatedDir(dataDir) ? join(dataDir, SIMULATED) : dataDir;
}

/** Is it the folder inside another one, by its name, or as good as that? */
export function isSimulatedDir(dataDir: string): boolean {
  return basename(dataDir) === SIMULATED && !holdsReal(dataDir);
}
