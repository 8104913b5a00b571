/** The locks that one session holds among the sessions of its process. */
export type SessionLocks = {
  /** Returns false if another session, or this one, already holds the lock. */
  readonly take: (name: string) => boolean;
  readonly holds: (name: string) => boolean;
  readonly releaseAll: () => void;
};

/**
 * Locks among the sessions of the embedded database. PostgreSQL sees them as a single session, so an advisory lock
 * would admit all of them.
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
