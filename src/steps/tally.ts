import type { Clock } from '../core/ports.ts';
import type { Step } from '../core/run.ts';

/** How far a resource has come; grows while it runs. */
export type Tally = {
  /** The page at work, from 1. */
  page: number;
  received: number;
  validated: number;
  errored: number;
  repeated: number;
  /** Of the errored ones: those of which a newer record came. */
  superseded: number;
  /** Of the records that make rows; of resources that are pulled by changes alone. */
  readonly ids: string[];
  /** Rows in staging, by table. */
  staged: Readonly<Record<string, number>>;
  /** False: rows that did not arrive must stay, for it cannot be told which records arrived. */
  deletable: boolean;
  /** Were all records seen? */
  whole: boolean;
  /** The step at work: where a failure happened. */
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
    whole: false,
    step: 'extract',
    seconds: { extract: 0, validate: 0, transform: 0, load: 0 },
  };
}

export type Stopwatch = {
  readonly watch: <T>(step: Step, work: () => T) => T;
  readonly watchAsync: (step: Step, work: () => Promise<void>) => Promise<void>;
};

/** Counts the time of each step into a tally. */
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
