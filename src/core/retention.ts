import { isPublished, type RunStatus } from './run.ts';

const DAY_MS = 86_400_000;

export type RetentionRules = {
  /** The newest published runs that keep their folder. */
  readonly publishedRuns: number;
  /** Days that other runs keep theirs. */
  readonly failedDays: number;
};

/** A run's folder, as its manifest tells. Times are milliseconds since 1970. */
export type RunFolderFacts = {
  readonly run_id: string;
  /** Null: no manifest, so it is half-written. */
  readonly manifest: {
    readonly status: RunStatus;
    /** When it ended, or else began. */
    readonly at: number;
    /** Is its process alive, as far as this machine can tell? */
    readonly alive: boolean;
    /** Is it of the database and schema that the ledger is of? */
    readonly ours: boolean;
  } | null;
  readonly made: number;
};

/** What a ledger knows of its runs. */
export type RetentionLedger = {
  readonly runs: readonly {
    readonly run_id: string;
    readonly status: RunStatus;
    readonly at: number;
  }[];
  /** Runs whose raw is behind what is published now, the runs that received it included. */
  readonly standsOn: ReadonlySet<string>;
};

export type PruneReason = 'superseded' | 'failed' | 'half_written';

export type Prunable = {
  readonly run_id: string;
  readonly status: RunStatus | null;
  readonly reason: PruneReason;
};

/**
 * Which folders of runs may go, newest first. Never one that the target stands on, of a run that is on, the newest,
 * or one that another database may stand on; nor one that says it was published of which the ledger knows nothing.
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
    ...ledger.standsOn,
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

/** Ids of runs sort by time. */
function newest(runIds: readonly string[], count: number): string[] {
  return runIds.toSorted((a, b) => (a < b ? 1 : -1)).slice(0, count);
}
