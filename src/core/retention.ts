import { isPublished, type RunStatus } from './run.ts';

export const DAY_MS = 86_400_000;

export type RetentionRules = {
  /** How many of the newest published runs keep their folders. */
  readonly publishedRuns: number;
  /** For how many days other runs keep their folders. */
  readonly failedDays: number;
};

/** A run's folder, as described by its manifest. Times are milliseconds since 1970. */
export type RunFolderFacts = {
  readonly run_id: string;
  /** Null if there is no manifest: the folder is half-written. */
  readonly manifest: {
    readonly status: RunStatus;
    /** When the run ended, or, if it has not ended, when it began. */
    readonly at: number;
    /** Whether the run's process is alive, as far as this machine can tell. */
    readonly alive: boolean;
    /** Whether the run belongs to the ledger's database and schema. */
    readonly ours: boolean;
  } | null;
  readonly made: number;
};

/** What a ledger stores about its runs. */
export type RetentionLedger = {
  readonly runs: readonly {
    readonly run_id: string;
    readonly status: RunStatus;
    readonly at: number;
  }[];
  /** Runs whose raw files the published data is based on, including the runs that received those files. */
  readonly basedOn: ReadonlySet<string>;
};

export type PruneReason = 'superseded' | 'failed' | 'half_written';

export type Prunable = {
  readonly run_id: string;
  readonly status: RunStatus | null;
  readonly reason: PruneReason;
};

/**
 * The run folders that may be removed, newest first. Never removes the newest folder, the folder of a running run, a
 * folder that the target or another database may be based on, or a folder whose run is missing from the ledger although
 * its manifest lists it as published.
 */
export function choosePrunable(
  folders: readonly RunFolderFacts[],
  ledger: RetentionLedger,
  rules: RetentionRules,
  now: number,
): Prunable[] {
  const known = new Map(ledger.runs.map((run) => [run.run_id, run]));
  const published = ledger.runs.filter(isPublished).map(({ run_id }) => run_id);
  const kept = new Set([
    ...ledger.basedOn,
    ...newest(published, rules.publishedRuns),
    ...newest([...known.keys()], 1),
    ...newest(
      folders.map(({ run_id }) => run_id),
      1,
    ),
  ]);
  const isOld = (at: number): boolean => now - at > rules.failedDays * DAY_MS;

  return folders
    .flatMap(({ run_id, manifest, made }): Prunable[] => {
      if (kept.has(run_id)) return [];
      if (manifest === null) {
        const half = !known.has(run_id) && isOld(made);
        return half ? [{ run_id, status: null, reason: 'half_written' }] : [];
      }
      if (!manifest.ours) return [];
      const run = known.get(run_id) ?? null;
      const { status, at } = run ?? manifest;
      if (run !== null && isPublished(run)) return [{ run_id, status, reason: 'superseded' }];
      const isOn = status === 'running' && (run !== null || manifest.alive);
      if (isOn || isPublished({ status }) || !isOld(at)) return [];
      return [{ run_id, status, reason: 'failed' }];
    })
    .sort((a, b) => (a.run_id < b.run_id ? 1 : -1));
}

/** Run ids sort by time. */
function newest(runIds: readonly string[], count: number): string[] {
  return runIds.toSorted((a, b) => (a < b ? 1 : -1)).slice(0, count);
}
