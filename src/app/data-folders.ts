import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';

import { holdsReal } from '../adapters/files/data-kind.ts';
import type { SourceConfig } from '../config/for-source.ts';

const SIMULATED = 'sandbox';

/** The data folder for an address. Simulated records have their own folder inside the configured one. */
export function dataDirOf({ dataDir }: Pick<SourceConfig, 'dataDir'>, from: string | null): string {
  return from === 'sandbox' && !isSimulatedDir(dataDir) ? join(dataDir, SIMULATED) : dataDir;
}

/** Whether this is the folder for simulated records. It must be named `sandbox` and contain no real records. */
export function isSimulatedDir(dataDir: string): boolean {
  return basename(dataDir) === SIMULATED && !holdsReal(dataDir);
}

/** The data folder for runs on the built-in sandbox, inside the given folder; null if it does not exist. */
export function sandboxDataDir(dataDir: string): string | null {
  const dir = join(dataDir, SIMULATED);
  return existsSync(join(dir, 'runs')) ? dir : null;
}
