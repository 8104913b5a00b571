import { hostname } from 'node:os';

import type { ErrorReport } from '../../core/errors.ts';
import { hasDied } from '../../lib/process-exists.ts';
import type { Session } from './session.ts';

export const DIED: ErrorReport = {
  code: 'interrupted',
  message: 'Cannot determine the outcome: the process died',
  hint: null,
};

/**
 * Whether the process that wrote `running` has died. If this process has the embedded database to itself, all other
 * processes have died. Otherwise, processes on other machines count as alive.
 */
export function hasWriterDied(
  { locks }: Pick<Session, 'locks'>,
  writer: { readonly host: string; readonly pid: number },
): boolean {
  if (locks === null) return hasDied(writer);
  return writer.host !== hostname() || writer.pid !== process.pid;
}
