/** What a session has locked among the sessions of its process. */
export type SessionLocks = {
  /** False if another session holds it, or this one does already. */
  readonly take: (name: string) => boolean;
  readonly holds: (name: string) => boolean;
  readonly releaseAll: () => void;
};

/**
 * Locks among the sessions of the embedded database. For PostgreSQL they are one session, and an advisory lock would
 * admit all of them.
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
