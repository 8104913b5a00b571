import { Option } from 'commander';

import { BUSY_RULES, applyBusyRule, SkippedRun, type BusyRule } from '../app/if-busy.ts';
import type { RunDeps } from '../app/run.ts';
import { PipelineError } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';
import type { CommandContext, Outcome } from './context.ts';
import { secondsOption } from './options.ts';
import { printJson } from './print.ts';
import { skippedRun } from './run-document.ts';

export type BusyOptions = {
  readonly ifBusy: BusyRule['ifBusy'];
  readonly waitTimeout?: number;
};

export const IF_BUSY = new Option(
  '--if-busy <what>',
  'what to do if another run is using the database: fail (exit 7), skip this run (exit 0) or wait',
)
  .choices(BUSY_RULES)
  .default('fail');

export const WAIT_TIMEOUT = new Option(
  '--wait-timeout <seconds>',
  'how long to wait with --if-busy wait before failing (default: no limit)',
).argParser(secondsOption);

/** Reads the flags. Throws `usage` for a flag that would have no effect. */
export function busyRuleOf({ ifBusy, waitTimeout }: BusyOptions): BusyRule {
  if (waitTimeout !== undefined && ifBusy !== 'wait') {
    throw new PipelineError('Cannot use --wait-timeout: it needs --if-busy wait', { code: 'usage' });
  }
  return { ifBusy, waitTimeoutSeconds: waitTimeout ?? null };
}

/** Performs work, and applies the `--if-busy` rule if the database is busy. */
export async function withBusyRule(
  context: CommandContext,
  rule: BusyRule,
  work: (deps: Pick<RunDeps, 'waitForLock' | 'whileBusy'>) => Promise<Outcome>,
): Promise<Outcome> {
  const source = context.loaded.config.source.name;
  // A live display hides info lines, so the message has to be a warning.
  const level = context.live ? 'warn' : 'info';
  const show: Log['info'] = (message, fields) => context.log[level](message, { ...fields, source });
  try {
    return await work(applyBusyRule(rule, { ...context, announce: show }));
  } catch (error) {
    if (!(error instanceof SkippedRun)) throw error;
    show(error.message, { event: 'run.skipped', reason: error.context['who'] });
    if (context.json) printJson(context, skippedRun(source));
    return null;
  }
}
