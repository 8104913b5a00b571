/** The response header by which an answer says that its records are made up; its value is `true`. */
export const SIMULATED_HEADER = 'spacex-pipeline-simulated';

/** The word for a kind of records, in messages. */
export function kindOf(simulated: boolean): 'simulated' | 'real' {
  return simulated ? 'simulated' : 'real';
}
