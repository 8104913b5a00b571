import { hostname } from 'node:os';

import type { ErrorReport } from '../../core/errors.ts';
import { hasDied } from '../../lib/process-exists.ts';
import type { Session } from './session.ts';

export const DIED: ErrorReport = {
  code: 'interrupted',
  message: 'Cannot tell how it ended: its process died',
  hint: null,
};

/**
 * Did the process die that wrote `running`? While this one has the embedded database for itself, any other has; else
 * nothing is known of processes on other machines.
 */
export function isOver(
  { locks }: Pick<Session, 'locks'>,
  writer: { readonly host: string; readonly pid: number },
): boolean {
  if (locks === null) return hasDied(writer);
  return writer.host !== hostname() || writer.pid !== process.pid;
}
