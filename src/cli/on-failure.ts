import type { Command } from 'commander';

import { openLog } from '../app/log.ts';
import { childEnvironment } from '../config/environment.ts';
import { loadConfig } from '../config/load.ts';
import { PipelineError, reportError } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';
import type { RunReport } from '../core/run.ts';
import { buildDag } from '../engine/dag.ts';
import { jsonText } from '../lib/json-text.ts';
import { runShell, type ShellEnd } from '../lib/run-shell.ts';
import { sources } from '../sources/index.ts';
import type { CommandContext, CommandStreams, GlobalOptions, Outcome } from './context.ts';
import { failedRun } from './run-document.ts';

const TIMEOUT_SECONDS = 60;

/** Runs the `--on-failure` command if the run failed. */
export type NotifyFailure = (report: RunReport) => Promise<void>;

type WatchedRun = {
  /** The user's shell command; undefined if there is none. */
  readonly command: string | undefined;
  readonly typed: Command;
  readonly open: () => Promise<CommandContext>;
  readonly work: (context: CommandContext, notify: NotifyFailure) => Promise<Outcome>;
};

/**
 * Runs the user's command if a run failed or never began. Does not run the command after an interruption or a mistake
 * on the command line, because the user already knows about those.
 */
export async function withFailureCommand(
  { command, open, typed, work }: WatchedRun,
  streams: CommandStreams,
): Promise<Outcome> {
  const { config } = typed.optsWithGlobals<GlobalOptions>();
  if (command === undefined) return work(await open(), async () => undefined);
  let context: CommandContext | null = null;
  try {
    context = await open();
    const { log } = context;
    return await work(context, (report) => runCommand(command, report, log, streams));
  } catch (error) {
    if (!streams.signal.aborted && !(await isCommandLineMistake(error, config, streams))) {
      const log = context?.log ?? (await earlyLog(streams));
      await runCommand(command, failedRun(reportError(error)), log, streams);
    }
    throw error;
  }
}

/** Whether the error is a usage error that the configuration did not cause. */
async function isCommandLineMistake(
  error: unknown,
  config: string | undefined,
  { cwd, env }: CommandStreams,
): Promise<boolean> {
  if (!(error instanceof PipelineError) || error.code !== 'usage') return false;
  try {
    const loaded = await loadConfig({ flags: { config }, cwd, ...(env && { env }) });
    for (const { name, resources } of sources)
      buildDag(resources, loaded.config.sources[name]?.resources ?? null);
    return true;
  } catch {
    return false;
  }
}

/** The log to use before the configuration is loaded. */
async function earlyLog({ cwd, lines, stderr }: CommandStreams): Promise<Log> {
  await lines.settle(cwd);
  return openLog({ level: 'info', format: lines.current(), write: (line) => void stderr.write(line) });
}

async function runCommand(
  command: string,
  report: RunReport,
  log: Log,
  { cwd, lines, signal, stderr }: CommandStreams,
): Promise<void> {
  if (report.status === 'succeeded' || report.status === 'interrupted' || signal.aborted) return;
  const end = await runShell(command, {
    input: `${jsonText(report)}\n`,
    env: childEnvironment(variablesOf(report)),
    cwd,
    timeoutMs: TIMEOUT_SECONDS * 1000,
    signal,
    onLine(line) {
      if (lines.current() === 'json') log.info(line, { event: 'on_failure.output' });
      else stderr.write(`${line}\n`);
    },
  });
  const reason = reasonOf(end);
  if (reason !== null)
    log.warn(`Cannot complete the --on-failure command: ${reason}`, { event: 'on_failure.failed' });
}

function variablesOf({ error, run_dir, run_id, source, status }: RunReport): Record<string, string> {
  return {
    RUN_ID: run_id ?? '',
    RUN_STATUS: status,
    RUN_ERROR_CODE: error?.code ?? '',
    RUN_ERROR_MESSAGE: error?.message ?? '',
    RUN_SOURCE: source ?? '',
    RUN_DIR: run_dir ?? '',
  };
}

function reasonOf({ code, reason }: ShellEnd): string | null {
  if (code === 0) return null;
  if (reason === 'timeout') return `it took longer than ${TIMEOUT_SECONDS} s`;
  if (reason === 'interrupted') return 'it was interrupted';
  if (reason === 'unstarted') return 'the shell could not be started';
  return reason === 'signal' ? 'it was killed by a signal' : `it ended with exit code ${code}`;
}
