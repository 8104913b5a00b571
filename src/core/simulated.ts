import type { PipelineError } from './errors.ts';

/** What holds records of one kind only: a data folder, a ledger. */
export type KindKeeper = {
  /** Null while it holds none. */
  readonly known: () => Promise<boolean | null>;
  /** Why it takes no records of this kind, where it holds the other. */
  readonly refusal: (simulated: boolean) => PipelineError;
  /** Holds this kind from now on. */
  readonly keep: (simulated: boolean) => Promise<void>;
};

/** The response header by which an answer says that its records are made up; its value is `true`. */
export const SIMULATED_HEADER = 'spacex-pipeline-simulated';

/** The word for a kind of records, in messages. */
export function kindOf(simulated: boolean): 'simulated' | 'real' {
  return simulated ? 'simulated' : 'real';
}
