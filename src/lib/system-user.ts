import { homedir, userInfo } from 'node:os';

/**
 * The user's home folder, determined the same way as in libpq. Null if HOME is not set and the system has no entry
 * for the user.
 */
export function homeFolder(): string | null {
  return attempt(homedir) ?? attempt(() => userInfo().homedir);
}

/** The name of this process's user according to the system. Null if the user has no name, as in many containers. */
export function userName(): string | null {
  return attempt(() => userInfo().username);
}

/** Returns null if the user database has no entry for the user id, in which case Node throws. */
function attempt(read: () => string): string | null {
  try {
    return read() || null;
  } catch {
    return null;
  }
}
