import type { Clock } from '../core/ports.ts';
import type { RecordCounts, Step } from '../core/run.ts';

/** The progress of a resource, updated while it runs. */
export type Tally = Record<keyof RecordCounts, number> & {
  /** The current page, from 1. */
  page: number;
  /** Errored records for which a newer record arrived. */
  superseded: number;
  /** The ids of the records from which rows are derived, only for resources whose changes are pulled. */
  readonly ids: string[];
  /** Rows in staging, by table. */
  staged: Readonly<Record<string, number>>;
  /** False if rows that did not arrive must stay, because it is unknown which records arrived. */
  deletable: boolean;
  /** Whether all records were read. */
  allRead: boolean;
  /** The current step; after a failure, the step that failed. */
  step: Step;
  readonly seconds: Record<Step, number>;
};

export function createTally(): Tally {
  return {
    page: 0,
    received: 0,
    validated: 0,
    errored: 0,
    repeated: 0,
    superseded: 0,
    ids: [],
    staged: {},
    deletable: true,
    allRead: false,
    step: 'extract',
    seconds: { extract: 0, validate: 0, transform: 0, load: 0 },
  };
}

export type Stopwatch = {
  readonly watch: <T>(step: Step, work: () => T) => T;
  readonly watchAsync: (step: Step, work: () => Promise<void>) => Promise<void>;
};

/** Adds the time of each step to a tally. */
export function stopwatch(clock: Pick<Clock, 'elapsed'>, tally: Tally): Stopwatch {
  function start(step: Step): () => void {
    const started = clock.elapsed();
    tally.step = step;
    return () => {
      tally.seconds[step] += (clock.elapsed() - started) / 1000;
    };
  }
  return {
    watch(step, work) {
      const stop = start(step);
      const result = work();
      stop();
      return result;
    },
    async watchAsync(step, work) {
      const stop = start(step);
      await work();
      stop();
    },
  };
}
