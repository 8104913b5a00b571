import type { PipelineError } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import type { Clock, Log, ReadyRaw, RunFolder, RunStore, Upstream } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import type { Chain, Ledger, RunHeader, Target } from '../core/target.ts';
import type { KindGuard } from '../steps/kind.ts';
import type { Limits } from '../steps/publish.ts';
import type { Dag } from './dag.ts';

/** Everything that a run needs, from beginning to end. */
export type RunContext = {
  readonly run: RunHeader;
  readonly dag: Dag;
  /** Resources that the user named; null for all. */
  readonly chosen: readonly string[] | null;
  /** Request everything, regardless of what has been published. */
  readonly full: boolean;
  /** Whether this only previews what a run would do. */
  readonly previews: boolean;
  /** Whether the run began earlier. If so, it continues under the same id. */
  readonly resumed: boolean;
  /** How to pull changes, and from which part of the collection. */
  readonly pulling: Pulling;
  /** The chain of a resource whose pages already exist; null if unknown. */
  readonly chainOf: (resource: string) => Promise<Chain | null>;
  /** How long it waited for the lock on its schema. */
  readonly lockSeconds: number;
  /** Keep rows that were published from a different address. */
  readonly keepsOthers: boolean;
  readonly settings: RunSettings;
  /** The digest of the code that derives rows. */
  readonly codeDigest: string;
  readonly kind: KindGuard;
  /** Resources that cannot be loaded, and why. */
  readonly unready: ReadonlyMap<string, PipelineError>;
  /** The pages in the run's folder to use instead of a request; null to request them from the upstream. */
  readonly readyRaw: (resource: Resource) => Promise<ReadyRaw | null>;
  readonly upstream: Upstream;
  readonly store: RunStore;
  readonly folder: RunFolder;
  readonly ledger: Ledger;
  readonly target: Target;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly emit: Emit;
};

export type Pulling = {
  readonly narrowedTo: string;
  /** The setting that narrows the pull. */
  readonly narrowedBy: string;
  readonly pageSize: number;
  readonly settleSeconds: number;
  readonly fullAfterHours: number;
};

/** The configuration that applies to every run. */
export type RunSettings = {
  readonly batchSize: number;
  /** How many resources run at a time. */
  readonly concurrency: number;
  readonly deletes: boolean;
  /** Whether to run the data checks after publishing. */
  readonly checks: boolean;
  /** Whether publishing is all or nothing. */
  readonly atomic: boolean;
  readonly rejects: Limits;
  readonly vanished: Limits;
};
