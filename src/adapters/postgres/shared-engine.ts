import type { Engine } from './engine.ts';
import { Turns, type TurnRules } from './turns.ts';

export type SharedEngine = ReturnType<typeof shareEngine>;

/** The embedded database, whose only session this program's own work and the clients of a gateway use in turn. */
export function shareEngine(engine: Engine) {
  let guests: TurnRules | null = null;
  const turns = new Turns({
    // Once it has ended, everything that waits should find out.
    isKept: () => !engine.isEnded() && (engine.isInTransaction() || guests?.isKept() === true),
    enter: async (owner) => engine.isEnded() || guests === null || guests.enter(owner),
    onKept: (owner) => guests?.onKept(owner),
  });
  // Notifies everyone who waits for a turn that was kept.
  void engine.ended.then(() => turns.take(null, async () => undefined));
  return {
    engine,
    turns,
    /** From then on, a gateway takes part in each turn. */
    admit(rules: TurnRules): void {
      guests = rules;
    },
  };
}
