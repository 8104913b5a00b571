import { hostname } from 'node:os';

import type { ErrorReport } from '../../core/errors.ts';
import { hasDied } from '../../lib/process-exists.ts';
import type { Session } from './session.ts';

export const DIED: ErrorReport = {
  code: 'interrupted',
  message: 'Cannot determine how it ended: its process died',
  hint: null,
};

/**
 * Has the process that wrote `running` died? If this process has the embedded database to itself, every other one has;
 * otherwise nothing is known about processes on other machines.
 */
export function hasWriterDied(
  { locks }: Pick<Session, 'locks'>,
  writer: { readonly host: string; readonly pid: number },
): boolean {
  if (locks === null) return hasDied(writer);
  return writer.host !== hostname() || writer.pid !== process.pid;
}
