import { reportError, type ErrorReport } from '../core/errors.ts';
import { PASS_RULES, type Pass } from '../core/pull.ts';
import type { Resource } from '../core/resource.ts';
import {
  NO_ROWS,
  rowCounts,
  STEPS,
  type RecordCounts,
  type ResourceReport,
  type ResourceStatus,
  type Step,
} from '../core/run.ts';
import type { Chain, LastPublish } from '../core/target.ts';
import type { Extracted } from '../steps/extract.ts';
import type { Derived } from '../steps/publish.ts';
import { createTally, type Tally } from '../steps/tally.ts';
import type { RunContext } from './context.ts';

type End = {
  readonly error?: unknown;
  readonly key?: string | null;
  /** The publish whose rows are kept because nothing was requested. */
  readonly left?: LastPublish;
  /** The publish whose rows stay because deriving them again would not change them. */
  readonly unchanged?: LastPublish;
  /** The publish from which only the staged rows differ. */
  readonly carries?: LastPublish;
  readonly chain?: Chain;
  /** Whether the pull's scope differs from the scope of the published rows. */
  readonly replaces?: boolean;
};

/** The progress of one resource. Its report is complete no matter where the resource ends. */
export class Progress {
  readonly #resource: Resource;
  readonly #context: Pick<RunContext, 'clock' | 'emit' | 'settings'>;
  readonly #started: number;
  #tally = createTally();
  #extracted: Pick<Extracted, 'how' | 'pages'> | null = null;
  #extractSeconds = 0;
  #pass: Pass = 'full';

  constructor(resource: Resource, context: Pick<RunContext, 'clock' | 'emit' | 'settings'>) {
    this.#resource = resource;
    this.#context = context;
    this.#started = context.clock.elapsed();
  }

  get tally(): Readonly<Tally> {
    return this.#tally;
  }

  /** Sets the pass of the pull, once it is known. */
  passes(pass: Pass): void {
    this.#pass = pass;
  }

  /**
   * Starts counting over, for example because a response was cut off and is requested again. `after` is the number of
   * the page before the first one.
   */
  restart(after = 0): Tally {
    this.#tally = { ...createTally(), page: after };
    return this.#tally;
  }

  /** Records that the pages are stored. */
  keep(extracted: Pick<Extracted, 'how' | 'pages'>): void {
    this.#extracted = extracted;
    this.#extractSeconds = this.#seconds();
  }

  report(step: Step): void {
    this.#context.emit({ type: 'records', step, ...this.#counts() });
  }

  /** Nothing is derived again, so the resource has the counts of its last publish. */
  carry({ received }: LastPublish): void {
    this.#tally = { ...createTally(), received, validated: received, deletable: false };
  }

  end(
    status: ResourceStatus,
    { carries, chain, error = null, key = null, left, replaces = false, unchanged }: End = {},
  ): Derived {
    const failure = error === null ? null : reportError(error);
    const left_by = left ?? unchanged ?? null;
    const tally = this.#tally;
    tally.seconds.extract = this.#extractSeconds;
    const hasRun = status === 'succeeded' || status === 'failed';
    const steps = hasRun ? stepReports(tally, status === 'failed') : {};
    const retry_at = failure?.retry_at ?? null;
    const end = { status, left_by, error: failure, retry_at, steps };
    this.#context.emit({ type: 'resource.ended', ...end, ...this.#counts() });
    return {
      resource: this.#resource,
      report: this.#reportOf(status, failure),
      steps,
      staged: tally.staged,
      deletes: this.#context.settings.deletes && PASS_RULES[this.#pass].deletes && tally.deletable,
      replaces,
      allRead: tally.allRead,
      key,
      unchanged: unchanged ?? null,
      carries: carries ?? null,
      touched: carries === undefined ? null : tally.ids,
      chain: chain ?? null,
    };
  }

  #records(): RecordCounts {
    const { received, validated, errored, repeated } = this.#tally;
    return { received, validated, errored, repeated };
  }

  #counts() {
    return { resource: this.#resource.name, ...this.#records(), seconds: this.#seconds() };
  }

  #reportOf(status: ResourceStatus, error: ErrorReport | null): ResourceReport {
    return {
      status,
      ...this.#records(),
      pass: this.#pass,
      ...rowCounts(NO_ROWS),
      pages: (this.#extracted?.pages ?? []).map(({ file }) => file),
      not_modified: this.#extracted?.how === 'not modified',
      seconds: Math.round(this.#seconds() * 1000) / 1000,
      tables: {},
      error,
    };
  }

  #seconds(): number {
    return (this.#context.clock.elapsed() - this.#started) / 1000;
  }
}

/** The steps that began, in order. A failure can only be in the last of them. */
function stepReports(tally: Tally, failed: boolean): Derived['steps'] {
  const rows = Object.values(tally.staged).reduce((sum, count) => sum + count, 0);
  const counts = { extract: 1, validate: tally.received, transform: tally.validated, load: rows };
  const begun = STEPS.slice(0, STEPS.indexOf(tally.step) + 1);
  return Object.fromEntries(
    begun.map((step) => [
      step,
      {
        status: failed && step === tally.step ? 'failed' : 'succeeded',
        seconds: tally.seconds[step],
        count: counts[step],
      },
    ]),
  );
}
