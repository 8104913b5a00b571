import { readFileSync, readlinkSync } from 'node:fs';

/** Whether this process was started by `npm start`, `npm exec` or npx. */
export function startedByNpm(): boolean {
  return process.env['npm_command'] !== undefined;
}

/**
 * Whether this process was started to outlive its terminal, for example by nohup. Node resets ignored signals before it
 * runs any code, so this function can only look for traces: the value that most shells assign to `_`; a parent that
 * also ignores SIGHUP, such as a script started by nohup; and the null device opened for writing on stdin, with which
 * GNU nohup replaces a terminal.
 */
export function startedByNohup(): boolean {
  if (/(?:^|\/)nohup$/.test(process.env['_'] ?? '')) return true;
  try {
    if (/^SigIgn:\s*\w*[13579bdf]$/m.test(readFileSync(`/proc/${process.ppid}/status`, 'utf8'))) return true;
    const isNull = readlinkSync('/proc/self/fd/0') === '/dev/null';
    return isNull && /^flags:\s*\w*1$/m.test(readFileSync('/proc/self/fdinfo/0', 'utf8'));
  } catch {
    return false; // no /proc
  }
}
