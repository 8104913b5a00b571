import { PipelineError } from '../core/errors.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { RunDeps } from './run.ts';

export const BUSY_RULES = ['fail', 'skip', 'wait'] as const;

/** What a run does if another run is using its schema, or another process is using the embedded database. */
export type BusyRule = {
  readonly ifBusy: (typeof BUSY_RULES)[number];
  /** The maximum wait; null for no limit. */
  readonly waitTimeoutSeconds: number | null;
};

type Deps = {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Shows the user a message, even during a live display. */
  readonly announce: Log['info'];
};

const POLL_MS = 200;

/** Thrown if the run is skipped because the database is busy. */
export class SkippedRun extends PipelineError {}

/** Applies the rule to a run that a command starts, on a server or on the embedded database. */
export function applyBusyRule(rule: BusyRule, deps: Deps): Pick<RunDeps, 'waitForLock' | 'whileBusy'> {
  const whileBusy = waitBy(rule, deps);
  return { whileBusy, waitForLock: (_holder, _session, busy) => whileBusy(busy) };
}

/** Returns a function that waits briefly, and throws once the run should not wait any longer. */
function waitBy(
  { ifBusy, waitTimeoutSeconds }: BusyRule,
  { clock, signal, announce }: Deps,
): (busy: PipelineError) => Promise<void> {
  const limitMs = waitTimeoutSeconds === null ? Infinity : waitTimeoutSeconds * 1000;
  const began = clock.elapsed();
  let reported = '';
  return async (busy) => {
    if (ifBusy === 'fail') throw busy;
    const { message, hint, context } = busy;
    const [what, reason] = [String(context['what']), String(context['reason'])];
    const who = `${what}: ${reason}`;
    if (ifBusy === 'skip')
      throw new SkippedRun(`skipped because ${what} is busy: ${reason}`, { code: 'busy', context: { who } });
    const leftMs = limitMs - (clock.elapsed() - began);
    if (leftMs <= 0) {
      const waited = `waited ${waitTimeoutSeconds} s`;
      throw new PipelineError(`${message}; ${waited}`, { code: 'busy', hint, cause: busy, context });
    }
    if (who !== reported) announce(`waiting for ${who}`, { event: 'run.waiting', reason: who });
    reported = who;
    await clock.sleep(Math.min(POLL_MS, leftMs), signal);
  };
}
