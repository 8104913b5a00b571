import type { ErrorReport } from './errors.ts';
import type { Retry, Tried } from './ports.ts';
import type { Pass } from './pull.ts';
import type { CheckResult, ResourceStatus, RunReport, RunStatus, Step, StepReport } from './run.ts';
import type { RunHeader } from './target.ts';

/** How far a resource is. */
export type Counts = {
  readonly received: number;
  readonly validated: number;
  readonly errored: number;
  /** Since the resource began. */
  readonly seconds: number;
};

/** What a source still allows, as far as it says; null where it does not. */
export type QuotaFacts = {
  readonly quota_left: number | null;
  readonly quota_limit: number | null;
  /** The limit is for a window of so many seconds. */
  readonly quota_seconds: number | null;
};

/** What happens in a run. */
export type RunFact =
  /** It has an id and a folder; nothing was requested yet. */
  | {
      readonly type: 'run.started';
      readonly address: string;
      readonly run_dir: string;
      /** By name, in the order of the plan. */
      readonly resources: readonly string[];
      /** Until no other run had its schema. */
      readonly lock_wait_seconds: number;
    }
  | ({ readonly type: 'request.retried'; readonly resource: string } & Retry)
  /** A try of a request takes its turn, then is sent. */
  | { readonly type: 'request.started'; readonly resource: string }
  /** So much of a body has arrived; not said of every chunk. */
  | { readonly type: 'body.received'; readonly resource: string; readonly bytes: number }
  /** One try has ended; `request.retried` follows where there is another one. */
  | ({ readonly type: 'request.ended'; readonly resource: string } & Tried)
  /** A pull by changes begins, or goes on; nothing was requested for it yet but the quota. */
  | ({
      readonly type: 'pull.started';
      readonly resource: string;
      readonly pass: Pass;
      /** Why everything is pulled; null where the changes are enough. */
      readonly reason: string | null;
      /** Only what has changed since then is asked for, ISO 8601; null for everything. */
      readonly since: string | null;
      /** Those that an earlier try of the run received. */
      readonly pages: number;
      /** About how many requests it takes; null where nobody knows before its first page. */
      readonly requests: number | null;
    } & QuotaFacts)
  /** The first page of a full pass said how many records there are, which nobody knew before. */
  | ({ readonly type: 'pull.sized'; readonly resource: string; readonly requests: number } & QuotaFacts)
  /** The source said how many requests it still allows. */
  | {
      readonly type: 'quota.read';
      readonly left: number;
      readonly limit: number;
      readonly window_seconds: number;
    }
  /** A page is in raw: of a body that came, or of one that an earlier run received. */
  | {
      readonly type: 'page.stored';
      readonly resource: string;
      /** From 1. */
      readonly page: number;
      readonly how: 'received' | 'not modified' | 'reused';
      readonly bytes: number;
      readonly received_by: string;
    }
  /** A step began, or has seen more records. */
  | ({ readonly type: 'records'; readonly resource: string; readonly step: Step } & Counts)
  | ({
      readonly type: 'resource.ended';
      readonly resource: string;
      readonly status: ResourceStatus;
      /** The publish that left its rows as they are: nothing was derived again, or nothing was asked for. */
      readonly left_by: { readonly run_id: string; readonly address: string | null } | null;
      readonly error: ErrorReport | null;
      /** When the source allows it to go on, ISO 8601; null where it did not say. */
      readonly retry_at: string | null;
      /** Those that began. */
      readonly steps: Readonly<Partial<Record<Step, StepReport>>>;
    } & Counts)
  | { readonly type: 'publish.started'; readonly resources: number }
  /** The tables of one of these resources are merged next; it counts from 1. */
  | {
      readonly type: 'publish.merging';
      readonly resource: string;
      readonly number: number;
      readonly resources: number;
    }
  | { readonly type: 'publish.ended'; readonly status: RunStatus; readonly seconds: number }
  | { readonly type: 'checks.started' }
  | {
      readonly type: 'checks.ended';
      /** How many there are, references among them, and how many of them found something: as `checks` counts them. */
      readonly checks: number;
      readonly found: number;
      readonly results: readonly CheckResult[];
    }
  | {
      readonly type: 'run.ended';
      readonly status: RunStatus;
      readonly seconds: number;
      readonly report: RunReport;
    };

/** Every event says which run it is of. The names are the vocabulary of the log as well. */
export type RunEvent = RunFact & {
  readonly run_id: string;
  readonly source: string;
  readonly job: string | null;
};

/** What wants to know of a run. It is called at once, and must not take long. */
export type Subscriber = (event: RunEvent) => void;

export type Emit = (fact: RunFact) => void;

/** Hands what happens in a run to all subscribers. One that throws is reported once, and stops nothing. */
export function createEmitter(
  run: Pick<RunHeader, 'run_id' | 'source' | 'job'>,
  subscribers: readonly Subscriber[],
  report: (error: unknown) => void,
): Emit {
  const reported = new Set<Subscriber>();
  return (fact) => {
    const event = { ...fact, run_id: run.run_id, source: run.source, job: run.job?.name ?? null };
    for (const subscriber of subscribers) {
      try {
        subscriber(event);
      } catch (error) {
        if (!reported.has(subscriber)) report(error);
        reported.add(subscriber);
      }
    }
  };
}
