import type { PipelineError } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import type { Clock, Log, ReadyRaw, RunFolder, RunStore, Upstream } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import type { Chain, Ledger, RunHeader, Target } from '../core/target.ts';
import type { KindGuard } from '../steps/kind.ts';
import type { Limits } from '../steps/publish.ts';
import type { Plan } from './plan.ts';

/** What a run knows, from its beginning to its end. */
export type RunContext = {
  readonly run: RunHeader;
  readonly plan: Plan;
  /** Resources that the user gave by name; null for all. */
  readonly chosen: readonly string[] | null;
  /** Ask for everything, whatever was published before. */
  readonly full: boolean;
  /** Is it there to see what a run would do, and nothing else? */
  readonly previews: boolean;
  /** Has it begun before? */
  readonly resumed: boolean;
  /** How changes are pulled, and what they are narrowed to. */
  readonly pulling: Pulling;
  /** Where a resource stood whose pages are ready; null where nobody knows. */
  readonly chainOf: (resource: string) => Promise<Chain | null>;
  /** How long it waited for the lock of its schema. */
  readonly lockSeconds: number;
  /** Let be what another address has published. */
  readonly keepsOthers: boolean;
  readonly settings: RunSettings;
  /** Of the code that makes rows. */
  readonly codeDigest: string;
  readonly kind: KindGuard;
  /** Resources that cannot be loaded, and why. */
  readonly unready: ReadonlyMap<string, PipelineError>;
  /** The pages to work on instead of a request, in the run's folder; null to ask the upstream. */
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
  /** The setting that says so. */
  readonly narrowedBy: string;
  readonly pageSize: number;
  readonly settleSeconds: number;
  readonly fullAfterHours: number;
};

/** What the configuration says of every run. */
export type RunSettings = {
  readonly batchSize: number;
  /** Resources at a time. */
  readonly concurrency: number;
  readonly deletes: boolean;
  /** Make the data checks after the publish? */
  readonly checks: boolean;
  /** Publish all resources or none? */
  readonly atomic: boolean;
  readonly rejects: Limits;
  readonly vanished: Limits;
};
