type Waiting = {
  readonly owner: unknown;
  readonly start: () => void;
  readonly fail: (reason: unknown) => void;
};

export type TurnRules = {
  /**
   * Whether the turn is kept, for example by a transaction. While it is kept, only work of the same owner continues.
   */
  readonly isKept: () => boolean;
  /** Called before a turn of this owner, to make way for it. Returns false if the turn is kept after all. */
  readonly enter: (owner: unknown) => Promise<boolean>;
  /** Called when this owner waits for a kept turn. */
  readonly onKept: (owner: unknown) => void;
};

const NO_RULES: TurnRules = { isKept: () => false, enter: async () => true, onKept: () => undefined };

/**
 * Does one piece of work at a time, in order of arrival. Used for sessions that share a connection, and for resources
 * that are processed in parallel on one session.
 */
export class Turns {
  readonly #rules: TurnRules;
  readonly #waiting: Waiting[] = [];
  #owner: unknown = null;
  #isTaken = false;

  constructor(rules: TurnRules = NO_RULES) {
    this.#rules = rules;
  }

  async take<T>(owner: unknown, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((start, fail) => {
      this.#waiting.push({ owner, start, fail });
      this.#next();
    });
    try {
      return await work();
    } finally {
      this.#release();
    }
  }

  /** Whether this owner had the last turn. */
  isOwner(owner: unknown): boolean {
    return this.#owner === owner;
  }

  #release(): void {
    this.#isTaken = false;
    this.#next();
  }

  #next(): void {
    const [first] = this.#waiting;
    if (this.#isTaken || first === undefined) return;
    const index = this.#rules.isKept() ? this.#waiting.findIndex(({ owner }) => owner === this.#owner) : 0;
    const next = this.#waiting[index];
    if (next === undefined) {
      this.#rules.onKept(first.owner);
      return;
    }
    this.#waiting.splice(index, 1);
    this.#isTaken = true;
    void this.#begin(next);
  }

  async #begin(next: Waiting): Promise<void> {
    try {
      if (await this.#rules.enter(next.owner)) {
        this.#owner = next.owner;
        next.start();
        return;
      }
      this.#waiting.unshift(next);
    } catch (error) {
      next.fail(error);
    }
    this.#release();
  }
}
