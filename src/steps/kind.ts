import { PipelineError } from '../core/errors.ts';
import { kindOf, type KindStore } from '../core/simulated.ts';

/** Prevents a run from mixing simulated and real records. */
export type KindGuard = {
  /** Whether the first response was simulated. Null before it arrives. */
  readonly simulated: () => boolean | null;
  /**
   * Call this before storing any part of a response. The first response determines the kind of all later ones and must
   * match the records in the folder and the ledger. Pass null for a response that does not indicate its kind, which is
   * then assumed to match. Throws `kind` if the kinds differ.
   */
  readonly admit: (simulated: boolean | null, from: string) => Promise<void>;
};

/**
 * The guard for the records of one run, which must match all `stores`. The stores record the kind only if the run
 * `keeps` its records.
 */
export function createKindGuard(stores: readonly KindStore[], keeps: boolean): KindGuard {
  let first: boolean | null = null;
  let settled: Promise<void> | null = null;

  async function settle(simulated: boolean): Promise<void> {
    for (const store of stores) {
      if ((await store.known()) === !simulated) throw store.refusal(simulated);
    }
    if (!keeps) return;
    for (const store of stores) await store.keep(simulated);
  }

  async function held(): Promise<boolean | null> {
    for (const store of stores) {
      const simulated = await store.known();
      if (simulated !== null) return simulated;
    }
    return null;
  }

  return {
    simulated: () => first,
    async admit(said, from) {
      const simulated = said ?? first ?? (await held());
      if (simulated === null) return;
      first ??= simulated;
      if (simulated !== first) {
        throw new PipelineError(
          `Cannot use records from ${from}: they are ${kindOf(simulated)}, but ${kindOf(first)} records are expected`,
          { code: 'kind', hint: 'Set --from to that address, and use a separate --data-dir.' },
        );
      }
      await (settled ??= settle(first));
    },
  };
}
