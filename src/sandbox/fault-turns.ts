import { parseFaults, type FaultSpec } from './fault-spec.ts';

type Countable = Pick<FaultSpec, 'path' | 'times'> & { readonly effect: string };

/** Faults, with the number of requests that each fault has affected. */
export type FaultTurns<T extends Countable = FaultSpec> = {
  /** Uses up a turn of the first fault that replaces the response for this path and has turns left. */
  readonly takeAnswer: (path: string) => T | undefined;
  /** Uses up a turn of every fault with this effect that applies to this path and has turns left. */
  readonly take: (effect: T['effect'], path: string) => readonly T[];
};

export function createFaultTurns<T extends Countable>(faults: readonly T[]): FaultTurns<T> {
  const taken = new Map<T, number>();
  const due = (effect: T['effect'], path: string): readonly T[] =>
    faults.filter(
      (fault) =>
        fault.effect === effect && path.includes(fault.path) && (taken.get(fault) ?? 0) < fault.times,
    );
  const use = (fault: T): void => void taken.set(fault, (taken.get(fault) ?? 0) + 1);
  return {
    takeAnswer(path) {
      const [first] = due('answer', path);
      if (first !== undefined) use(first);
      return first;
    },
    take(effect, path) {
      const all = due(effect, path);
      for (const fault of all) use(fault);
      return all;
    },
  };
}

const REMEMBERED = 1000;

/** The turns for each spec. Requests with the same faults in their header share their turns. */
export function createTurnsBySpec(): (spec: string) => FaultTurns {
  const turns = new Map<string, FaultTurns>();
  return (spec) => {
    const known = turns.get(spec);
    if (known !== undefined) return known;
    const fresh = createFaultTurns(parseFaults(spec));
    if (turns.size >= REMEMBERED) turns.clear();
    turns.set(spec, fresh);
    return fresh;
  };
}
