import { hostname } from 'node:os';

import { errorCode } from './error-code.ts';

/** True if a process with this id exists on this machine, including processes of other users. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** True if the process was on this machine and no longer exists. */
export function hasDied({ host, pid }: { readonly host: string; readonly pid: number }): boolean {
  return host === hostname() && !processExists(pid);
}
