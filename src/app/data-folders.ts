import { basename, join } from 'node:path';

import { holdsReal } from '../adapters/files/data-kind.ts';
import type { SourceConfig } from '../config/for-source.ts';

const SIMULATED = 'sandbox';

/** The data folder for an address: simulated records have their own, inside the configured one. */
export function dataDirOf({ dataDir }: Pick<SourceConfig, 'dataDir'>, from: string | null): string {
  return from === 'sandbox' && !isSimulatedDir(dataDir) ? join(dataDir, SIMULATED) : dataDir;
}

/** Is it a folder of simulated records? Its name says so, and it holds no real ones. */
export function isSimulatedDir(dataDir: string): boolean {
  return basename(dataDir) === SIMULATED && !holdsReal(dataDir);
}
