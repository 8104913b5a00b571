import { hostname } from 'node:os';

import { errorCode } from './error-code.ts';

/** Is there a process of this id on this machine? One of another user counts, too. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Was it a process of this machine, and is there none of this id any more? */
export function hasDied({ host, pid }: { readonly host: string; readonly pid: number }): boolean {
  return host === hostname() && !processExists(pid);
}
