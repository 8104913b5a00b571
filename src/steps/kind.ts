import { PipelineError } from '../core/errors.ts';
import { kindOf, type KindStore } from '../core/simulated.ts';

/** Keeps simulated and real records apart. */
export type KindGuard = {
  /** The kind in the first response; null before it. */
  readonly simulated: () => boolean | null;
  /**
   * Call before storing anything of a response. The first response decides the kind of all later ones and must match
   * what folder and ledger hold. Null is for a response that does not say: it is assumed to match. Throws `kind`.
   */
  readonly admit: (simulated: boolean | null, from: string) => Promise<void>;
};

/** The kind of records of one run, checked against all `stores`. They record it only if the run `keeps`. */
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
          `Cannot take records from ${from}: they are ${kindOf(simulated)}, but ${kindOf(first)} ones are expected`,
          { code: 'kind', hint: 'Give the address with --from, and a --data-dir of its own.' },
        );
      }
      await (settled ??= settle(first));
    },
  };
}
