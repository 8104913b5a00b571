import type { FolderFacts } from '../core/facts.ts';
import type { Meters } from './meters.ts';

/** Sets the gauges for the data folder. `facts` is null if the folder cannot be read. */
export function createFolderMetrics({ gauge }: Meters): (facts: FolderFacts | null) => void {
  const free = gauge('data_free_bytes', "Free space on the data folder's disk, available to this user.", []);
  const size = gauge('data_size_bytes', "Size of the data folder's disk.", []);
  const drift = gauge('drift_findings', 'Drift findings of the newest run, compared with the previous run.', [
    'source',
    'resource',
  ]);
  return (facts) => {
    drift.reset();
    if (facts === null) {
      free.remove();
      size.remove();
      return;
    }
    free.set(facts.freeBytes);
    size.set(facts.sizeBytes);
    for (const { findings, resource, source } of facts.drift) drift.set({ source, resource }, findings);
  };
}
