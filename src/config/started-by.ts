import { readFileSync, readlinkSync } from 'node:fs';

/** Is this process one of `npm start`, `npm exec` or npx? */
export function startedByNpm(): boolean {
  return process.env['npm_command'] !== undefined;
}

/**
 * Was this process started to outlive its terminal, as by nohup? Node resets ignored signals before it runs any code, so
 * that only traces are left: what most shells put into `_`, a parent that ignores the hang-up, too, as a script below
 * nohup does, and the null device, opened to write, that GNU nohup puts in the place of a terminal on stdin.
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
