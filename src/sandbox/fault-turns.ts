import { parseFaults, type FaultEffect, type FaultSpec } from './fault-spec.ts';

/** Faults with a count of the requests that each has met. */
export type FaultTurns = {
  /** Uses up a turn of the first fault that answers this path, if one is left. */
  readonly takeAnswer: (path: string) => FaultSpec | undefined;
  /** Uses up a turn of every such fault for this path. */
  readonly take: (effect: FaultEffect, path: string) => readonly FaultSpec[];
};

export function createFaultTurns(faults: readonly FaultSpec[]): FaultTurns {
  const taken = new Map<FaultSpec, number>();
  const due = (effect: FaultEffect, path: string): readonly FaultSpec[] =>
    faults.filter(
      (fault) =>
        fault.effect === effect && path.includes(fault.path) && (taken.get(fault) ?? 0) < fault.times,
    );
  const use = (fault: FaultSpec): void => void taken.set(fault, (taken.get(fault) ?? 0) + 1);
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

/** By spec: requests that bring the same faults in their header share one count. */
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
