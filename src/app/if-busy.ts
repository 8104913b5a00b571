import { PipelineError } from '../core/errors.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { RunDeps } from './run.ts';

export const BUSY_RULES = ['fail', 'skip', 'wait'] as const;

/** What a run does where another one has its schema, or another process the embedded database. */
export type BusyRule = {
  readonly ifBusy: (typeof BUSY_RULES)[number];
  /** How long it waits at most; null for no limit. */
  readonly waitTimeoutSeconds: number | null;
};

type Deps = {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Tells the user, whatever draws on the screen. */
  readonly tell: Log['info'];
};

const POLL_MS = 200;

/** The run was not to begin, as the database is busy. */
export class SkippedRun extends PipelineError {}

/** For a run of a command: of a server as of the embedded database. */
export function obeyBusyRule(rule: BusyRule, deps: Deps): Pick<RunDeps, 'waitForLock' | 'whileBusy'> {
  const whileBusy = waitBy(rule, deps);
  return { whileBusy, waitForLock: (_holder, _session, busy) => whileBusy(busy) };
}

/** Throws where the run is not to wait any longer. */
function waitBy(
  { ifBusy, waitTimeoutSeconds }: BusyRule,
  { clock, signal, tell }: Deps,
): (busy: PipelineError) => Promise<void> {
  const limitMs = waitTimeoutSeconds === null ? Infinity : waitTimeoutSeconds * 1000;
  const began = clock.elapsed();
  let told = '';
  return async (busy) => {
    if (ifBusy === 'fail') throw busy;
    const { message, hint, context } = busy;
    const [what, reason] = [String(context['what']), String(context['reason'])];
    const who = `${what}: ${reason}`;
    if (ifBusy === 'skip')
      throw new SkippedRun(`skipped, as ${what} is busy: ${reason}`, { code: 'busy', context: { who } });
    const leftMs = limitMs - (clock.elapsed() - began);
    if (leftMs <= 0) {
      const waited = `waited ${waitTimeoutSeconds} s`;
      throw new PipelineError(`${message}; ${waited}`, { code: 'busy', hint, cause: busy, context });
    }
    if (who !== told) tell(`waiting for ${who}`, { event: 'run.waiting', reason: who });
    told = who;
    await clock.sleep(Math.min(POLL_MS, leftMs), signal);
  };
}
