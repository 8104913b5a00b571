import { reportError } from '../core/errors.ts';
import { pullRules } from '../core/pull.ts';
import type { Resource } from '../core/resource.ts';
import { NO_ROWS, rowCounts, STEPS, type ResourceReport, type ResourceStatus } from '../core/run.ts';
import type { LastPublish } from '../core/target.ts';
import type { Extracted } from '../steps/extract.ts';
import type { Derived } from '../steps/publish.ts';
import { createTally, type Tally } from '../steps/tally.ts';
import type { ResourceProgress, RunContext } from './context.ts';

type End = { readonly error?: unknown; readonly key?: string | null; readonly unchanged?: LastPublish };

/** How far one resource is: what its report says, wherever it ends. */
export class Progress {
  readonly #resource: Resource;
  readonly #context: Pick<RunContext, 'clock' | 'onProgress' | 'settings'>;
  readonly #started: number;
  #tally = createTally();
  #extracted: Extracted | null = null;
  #extractSeconds = 0;

  constructor(resource: Resource, context: Pick<RunContext, 'clock' | 'onProgress' | 'settings'>) {
    this.#resource = resource;
    this.#context = context;
    this.#started = context.clock.elapsed();
  }

  get tally(): Readonly<Tally> {
    return this.#tally;
  }

  /** Counts afresh: a body that broke off comes again. */
  restart(): Tally {
    this.#tally = createTally();
    return this.#tally;
  }

  /** Its raw is there. */
  keep(extracted: Extracted): void {
    this.#extracted = extracted;
    this.#extractSeconds = this.#seconds();
  }

  tell(step: ResourceProgress['step']): void {
    const { received, validated, errored } = this.#tally;
    const resource = this.#resource.name;
    this.#context.onProgress({ resource, step, received, validated, errored, seconds: this.#seconds() });
  }

  /** Nothing is derived again: it has what its last publish had. */
  carry({ received }: LastPublish): void {
    this.#tally = { ...createTally(), received, validated: received, deletable: false };
  }

  end(status: ResourceStatus, { error = null, key = null, unchanged }: End = {}): Derived {
    this.tell(status === 'succeeded' ? 'done' : status);
    const tally = this.#tally;
    tally.seconds.extract = this.#extractSeconds;
    const hasRun = status === 'succeeded' || status === 'failed';
    return {
      resource: this.#resource,
      report: this.#report(status, error),
      pages: (this.#extracted?.pages ?? []).map(({ file }) => file),
      steps: hasRun ? stepReports(tally, status === 'failed') : {},
      staged: tally.staged,
      deletes: this.#context.settings.deletes && pullRules(this.#resource).deletes && tally.deletable,
      whole: tally.whole,
      key,
      unchanged: unchanged ?? null,
    };
  }

  #report(status: ResourceStatus, error: unknown): ResourceReport {
    const { received, validated, errored } = this.#tally;
    return {
      status,
      received,
      validated,
      errored,
      ...rowCounts(NO_ROWS),
      not_modified: this.#extracted?.how === 'not modified',
      seconds: Math.round(this.#seconds() * 1000) / 1000,
      tables: {},
      error: error === null ? null : reportError(error),
    };
  }

  #seconds(): number {
    return (this.#context.clock.elapsed() - this.#started) / 1000;
  }
}

/** The steps that began, in order; the last one is where a failure happened. */
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
