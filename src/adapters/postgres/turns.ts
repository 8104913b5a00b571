type Waiting = { readonly owner: string; readonly start: () => void };

/**
 * Lets one piece of work go at a time, in the order in which they came: resources that run side by side ask for things
 * over one connection. While the turn is kept, as by a transaction, only work of the same owner goes on.
 */
export class Turns {
  readonly #isKept: () => boolean;
  readonly #waiting: Waiting[] = [];
  #owner: string | null = null;
  #isTaken = false;

  constructor(isKept: () => boolean = () => false) {
    this.#isKept = isKept;
  }

  async take<T>(owner: string, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((start) => {
      this.#waiting.push({ owner, start });
      this.#next();
    });
    try {
      return await work();
    } finally {
      this.#isTaken = false;
      this.#next();
    }
  }

  #next(): void {
    if (this.#isTaken) return;
    const index = this.#waiting.findIndex(({ owner }) => !this.#isKept() || owner === this.#owner);
    if (index === -1) return;
    const [next] = this.#waiting.splice(index, 1);
    this.#isTaken = true;
    this.#owner = next?.owner ?? null;
    next?.start();
  }
}
