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
