import type { FolderFacts } from '../core/facts.ts';
import type { Meters } from './meters.ts';

/** Sets the gauges of the data folder; null if it cannot be read. */
export function createFolderMetrics({ gauge }: Meters): (facts: FolderFacts | null) => void {
  const free = gauge('data_free_bytes', 'Free space on the disk of the data folder, for this user.', []);
  const size = gauge('data_size_bytes', 'Size of the disk of the data folder.', []);
  const drift = gauge('drift_findings', 'What moved in the newest run, compared with the one before.', [
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
