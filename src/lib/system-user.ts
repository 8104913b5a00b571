import { homedir, userInfo } from 'node:os';

/** The home folder of the user, as libpq finds it. Null where HOME is not set and the system has no entry for the user. */
export function homeFolder(): string | null {
  return attempt(homedir) ?? attempt(() => userInfo().homedir);
}

/** The name that the system has for the user of this process. Null where it has none, as in many containers. */
export function userName(): string | null {
  return attempt(() => userInfo().username);
}

/** Node throws where the user database has no line for the user id. */
function attempt(read: () => string): string | null {
  try {
    return read() || null;
  } catch {
    return null;
  }
}
