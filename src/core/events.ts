import type { ErrorReport } from './errors.ts';
import type { Retry, FinishedAttempt } from './ports.ts';
import type { Pass } from './pull.ts';
import type {
  CheckResult,
  RecordCounts,
  ResourceStatus,
  RunReport,
  RunStatus,
  Step,
  StepReport,
} from './run.ts';
import type { RunHeader } from './target.ts';

/** The progress of a resource. */
export type Counts = RecordCounts & {
  /** Since work on the resource began. */
  readonly seconds: number;
};

/** The requests that a source still allows; null if the source does not report them. */
export type QuotaFacts = {
  readonly quota_left: number | null;
  readonly quota_limit: number | null;
  /** The length of the window that the limit applies to. */
  readonly quota_seconds: number | null;
};

/** Something that happens in a run. */
export type RunFact =
  /** The run has an id and a folder; nothing has been requested yet. */
  | {
      readonly type: 'run.started';
      readonly address: string;
      readonly run_dir: string;
      /** The names of the resources, in dag order. */
      readonly resources: readonly string[];
      /** How long the run waited for other runs that were using the schema. */
      readonly lock_wait_seconds: number;
    }
  | ({ readonly type: 'request.retried'; readonly resource: string } & Retry)
  /** A request is waiting for its turn and will then be sent. */
  | { readonly type: 'request.started'; readonly resource: string }
  /** The number of bytes received so far of a body; not reported for every chunk. */
  | { readonly type: 'body.received'; readonly resource: string; readonly bytes: number }
  /** An attempt has ended; `request.retried` follows if there will be another one. */
  | ({ readonly type: 'request.ended'; readonly resource: string } & FinishedAttempt)
  /** An incremental pull begins or continues. So far, at most the quota has been requested. */
  | ({
      readonly type: 'pull.started';
      readonly resource: string;
      readonly pass: Pass;
      /** Why everything is pulled; null if only changes are pulled. */
      readonly reason: string | null;
      /** Only changes since this time are requested, ISO 8601; null if everything is requested. */
      readonly since: string | null;
      /** Pages that an earlier attempt at this run received. */
      readonly pages: number;
      /** The estimated number of requests; null if unknown before the first page. */
      readonly requests: number | null;
    } & QuotaFacts)
  /** The first page of a full pull reported the number of records, which was unknown before. */
  | ({ readonly type: 'pull.sized'; readonly resource: string; readonly requests: number } & QuotaFacts)
  /** The source reported how many requests it still allows. */
  | {
      readonly type: 'quota.read';
      readonly left: number;
      readonly limit: number;
      readonly window_seconds: number;
    }
  /** A page was stored in raw: a new page, or one that an earlier run received. */
  | {
      readonly type: 'page.stored';
      readonly resource: string;
      /** From 1. */
      readonly page: number;
      readonly how: 'received' | 'not modified' | 'reused';
      readonly bytes: number;
      readonly received_by: string;
    }
  /** A step began or processed more records. */
  | ({ readonly type: 'records'; readonly resource: string; readonly step: Step } & Counts)
  | ({
      readonly type: 'resource.ended';
      readonly resource: string;
      readonly status: ResourceStatus;
      /**
       * The publish that last wrote the rows, if they were left unchanged because nothing was derived again or
       * nothing was requested.
       */
      readonly left_by: { readonly run_id: string; readonly address: string | null } | null;
      readonly error: ErrorReport | null;
      /** When the source allows the pull to continue, ISO 8601; null if the source did not specify a time. */
      readonly retry_at: string | null;
      /** Only the steps that began. */
      readonly steps: Readonly<Partial<Record<Step, StepReport>>>;
    } & Counts)
  | { readonly type: 'publish.started'; readonly resources: number }
  /** The tables of this resource are merged next. `number` counts from 1. */
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
      /**
       * The number of checks, including one for each reference, and how many of them found something: the same counts
       * as in `checks`.
       */
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

/** Every event names its run. The log uses the same event names. */
export type RunEvent = RunFact & {
  readonly run_id: string;
  readonly source: string;
  readonly job: string | null;
};

/** Receives the events of a run. It is called synchronously and must return quickly. */
export type Subscriber = (event: RunEvent) => void;

export type Emit = (fact: RunFact) => void;

/**
 * Passes a run's events to all subscribers. A subscriber that throws is reported once and does not affect anything
 * else.
 */
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
