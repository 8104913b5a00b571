import type { Engine } from './engine.ts';
import { Turns, type TurnRules } from './turns.ts';

export type SharedEngine = ReturnType<typeof shareEngine>;

/** The embedded database. Its only session is used in turn by this program's own work and by a gateway's clients. */
export function shareEngine(engine: Engine) {
  let guests: TurnRules | null = null;
  const turns = new Turns({
    // Once the engine has ended, no turn is kept, so that all waiting callers are released.
    isKept: () => !engine.isEnded() && (engine.isInTransaction() || guests?.isKept() === true),
    enter: async (owner) => engine.isEnded() || guests === null || guests.enter(owner),
    onKept: (owner) => guests?.onKept(owner),
  });
  // Releases all callers that are waiting for a kept turn.
  void engine.ended.then(() => turns.take(null, async () => undefined));
  return {
    engine,
    turns,
    /** Applies a gateway's rules to every turn from now on. */
    admit(rules: TurnRules): void {
      guests = rules;
    },
  };
}
