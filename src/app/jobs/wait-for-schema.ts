import { hostname } from 'node:os';

import { jobsOfProcess } from '../../adapters/postgres/jobs.ts';
import {
  describeHolder,
  endHolder,
  processOf,
  type Backend,
  type Holder,
} from '../../adapters/postgres/lock.ts';
import type { Session } from '../../adapters/postgres/session.ts';
import type { Clock, Log } from '../../core/ports.ts';
import type { QueueEntry } from '../../core/queue.ts';

type Deps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly entries: () => Promise<readonly QueueEntry[]>;
};

const POLL_MS = 500;

/**
 * Waits for another run to end. If that run belongs to a job whose process has sent no heartbeat for too long, ends its
 * session, because a suspended process or an unreachable machine would hold the schema forever.
 */
export function waitForSchema(
  jobId: string,
  { clock, entries, log, signal }: Deps,
  report: (reason: string) => void,
): (holder: Holder, session: Session) => Promise<void> {
  let reported = '';
  return async (holder, session) => {
    const reason = describeHolder(holder);
    if (reason !== reported) report(reason);
    reported = reason;
    const { backend } = holder;
    if (backend !== null && (await isAbandoned(backend, session, jobId, entries))) {
      const ended = await endHolder(session, backend);
      const what = `the session of a process that sent no heartbeat for too long (${backend.application_name})`;
      log.warn(ended ? `ended ${what}` : `Cannot end ${what}: this role is not allowed to`);
    }
    await clock.sleep(POLL_MS, signal);
  };
}

/**
 * Whether the queue has assigned all of that process's jobs to other processes. False if its run belongs to no job,
 * because then there is no way to tell.
 */
async function isAbandoned(
  backend: Backend,
  session: Session,
  jobId: string,
  entries: Deps['entries'],
): Promise<boolean> {
  const holder = processOf(backend);
  if (holder === null) return false;
  if (holder.pid === process.pid && hostname().startsWith(holder.host)) return false;
  const ids = await jobsOfProcess(session, holder, jobId);
  if (ids.length === 0) return false;
  const alive = (await entries()).filter(({ abandoned, state }) => state === 'running' && !abandoned);
  return ids.every((id) => id === jobId || !alive.some((entry) => entry.id === id));
}
