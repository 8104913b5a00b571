/** What a session has locked among those of its process. */
export type SessionLocks = {
  /** False where another session has it, or this one already. */
  readonly take: (name: string) => boolean;
  readonly holds: (name: string) => boolean;
  readonly releaseAll: () => void;
};

/**
 * Locks among the sessions of the embedded database: to PostgreSQL they are one, and an advisory lock would let each of
 * them in.
 */
export class ProcessLocks {
  readonly #owners = new Map<string, SessionLocks>();

  forSession(): SessionLocks {
    const owners = this.#owners;
    const own: SessionLocks = {
      take(name) {
        if (owners.has(name)) return false;
        owners.set(name, own);
        return true;
      },
      holds: (name) => owners.get(name) === own,
      releaseAll() {
        for (const [name, owner] of owners) if (owner === own) owners.delete(name);
      },
    };
    return own;
  }
}
