import { hostname } from 'node:os';

import { errorCode } from './error-code.ts';

/** Does a process with this id exist on this machine? Processes of other users count too. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Was the process on this machine, and does it no longer exist? */
export function hasDied({ host, pid }: { readonly host: string; readonly pid: number }): boolean {
  return host === hostname() && !processExists(pid);
}
