import type { PipelineError } from './errors.ts';

/** A store that holds only one kind of records, real or simulated: a data folder or a ledger. */
export type KindStore = {
  /** Null while it holds no records. */
  readonly known: () => Promise<boolean | null>;
  /** The error for records of this kind when it holds the other kind. */
  readonly refusal: (simulated: boolean) => PipelineError;
  /** Records that it holds this kind from now on. */
  readonly keep: (simulated: boolean) => Promise<void>;
};

/** The response header that marks simulated records; its value is `true`. */
export const SIMULATED_HEADER = 'spacex-pipeline-simulated';

/** The word for a kind of records, in messages. */
export function kindOf(simulated: boolean): 'simulated' | 'real' {
  return simulated ? 'simulated' : 'real';
}
