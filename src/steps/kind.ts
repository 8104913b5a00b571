import { PipelineError } from '../core/errors.ts';
import { kindOf, type KindKeeper } from '../core/simulated.ts';

/** Lets no simulated records among real ones, or the other way round. */
export type KindGuard = {
  /** What the first response said; null before it. */
  readonly simulated: () => boolean | null;
  /**
   * Before anything of a response is kept. The first one settles what all later ones must be, and must itself be what
   * folder and ledger hold. Null stands for a response that does not say: it is of what is held. Throws `kind`.
   */
  readonly admit: (simulated: boolean | null, from: string) => Promise<void>;
};

/** The kind of records of one run, held against all `keepers`. Only where it `keeps` do they learn of it. */
export function createKindGuard(keepers: readonly KindKeeper[], keeps: boolean): KindGuard {
  let first: boolean | null = null;
  let settled: Promise<void> | null = null;

  async function settle(simulated: boolean): Promise<void> {
    for (const keeper of keepers) {
      if ((await keeper.known()) === !simulated) throw keeper.refusal(simulated);
    }
    if (!keeps) return;
    for (const keeper of keepers) await keeper.keep(simulated);
  }

  async function held(): Promise<boolean | null> {
    for (const keeper of keepers) {
      const simulated = await keeper.known();
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
          `Cannot take records from ${from}: they are ${kindOf(simulated)}, ${kindOf(first)} ones are expected`,
          { code: 'kind', hint: 'Give the address by --from, with a --data-dir of its own.' },
        );
      }
      await (settled ??= settle(first));
    },
  };
}
