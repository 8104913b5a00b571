import type { PipelineError } from './errors.ts';

/** A store that contains only one kind of record, real or simulated: a data folder or a ledger. */
export type KindStore = {
  /** Null while the store contains no records. */
  readonly known: () => Promise<boolean | null>;
  /** The error for records of this kind if the store contains the other kind. */
  readonly refusal: (simulated: boolean) => PipelineError;
  /** Commits the store to this kind of record from now on. */
  readonly keep: (simulated: boolean) => Promise<void>;
};

/** The response header that marks simulated records; its value is `true`. */
export const SIMULATED_HEADER = 'spacex-pipeline-simulated';

/** The word for a kind of record in messages. */
export function kindOf(simulated: boolean): 'simulated' | 'real' {
  return simulated ? 'simulated' : 'real';
}
