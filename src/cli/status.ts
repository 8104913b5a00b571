import { readStatuses } from '../app/status.ts';
import type { JobReport } from '../core/job.ts';
import type { Reason, SourceStatus, StatusReport } from '../core/status.ts';
import { ago, formatDuration } from '../core/duration.ts';
import { example, type Register } from './command.ts';
import { configsOf, openContext, type CommandContext } from './context.ts';
import { durationOption } from './options.ts';
import { countedFindings, printHint, printLine, printResult } from './print.ts';
import { inFolderToRead } from './read-folder.ts';
import { flagFor, fromFlag } from '../app/source-flag.ts';

export const register: Register = (program, streams, setOutcome) => {
  program
    .command('status')
    .description('show whether the data is fresh and free of problems; exits 10 if something needs attention')
    .option(
      '--max-age <duration>',
      'maximum age of the last successful run, such as 2h, 90m or 3d (default: twice the interval of the jobs)',
      durationOption,
    )
    .addHelpText('after', example('status', 'status --max-age 2d --json'))
    .action(async ({ maxAge }: { readonly maxAge?: number }, command) => {
      const context = await openContext(streams, command, { all: true });
      setOutcome((await showStatus(context, maxAge ?? null)).needs_attention ? 'attention' : null);
    });
};

/** Prints the status of each source. */
export async function showStatus(given: CommandContext, maxAge: number | null): Promise<StatusReport> {
  const context = await inFolderToRead(given, 'status');
  const report = await readStatuses(context.loaded.whole, configsOf(context), maxAge, context);
  printResult(context, report, printStatus);
  return report;
}

function printStatus(context: CommandContext, { checked_at, database, sources }: StatusReport): void {
  printLine(context, `Database: ${database}`);
  for (const source of sources) {
    printLine(context, '');
    for (const [what, text] of linesOf(source, Date.parse(checked_at)))
      printLine(context, what === '' ? text : `  ${`${what}:`.padEnd(14)}${text}`);
  }
  const command = nextCommand(context, sources);
  if (command === null) return;
  printLine(context, '');
  printHint(context, `Next: spacex-pipeline ${command}`);
}

type Line = readonly [what: string, text: string];

function linesOf(status: SourceStatus, now: number): readonly Line[] {
  const { checks, held, jobs, last_run, last_success, needs_attention, reasons, rejects_open } = status;
  const { running, source } = status;
  const jobLines = jobs.map((job): Line => ['Job', jobLine(job, now)]);
  if (last_run === null && running === null && !needs_attention)
    return [['', `${source}: never ran`], ...jobLines];
  return [
    ['', `${source}: ${needs_attention ? 'needs attention' : 'fine'}`],
    ...reasons.map(({ message }): Line => ['Why', message]),
    [
      'Last success',
      last_success === null ? 'never' : `${ago(now, last_success.finished_at)}, run ${last_success.run_id}`,
    ],
    ...(last_success === null ? [] : [['Records', originOf(last_success)] as const]),
    ...(last_run === null || last_run.run_id === last_success?.run_id
      ? []
      : [['Last run', lastRunLine(last_run, now)] as const]),
    ...(running === null
      ? []
      : [['Running', `since ${ago(now, running.started_at)}, run ${running.run_id}`] as const]),
    ...jobLines,
    ['Rejects', `${rejects_open} open; ${held} rows held`],
    ['Data checks', countedFindings(checks) || 'no findings'],
  ];
}

/** A run whose process died has no end time. */
function lastRunLine(
  { finished_at, run_id, status }: NonNullable<SourceStatus['last_run']>,
  now: number,
): string {
  const when = ago(now, finished_at);
  return `${status}${when === null ? '' : ` ${when}`}, run ${run_id}`;
}

function originOf({ address, simulated }: NonNullable<SourceStatus['last_success']>): string {
  const kind = simulated === null ? 'of unknown kind' : simulated ? 'simulated' : 'real';
  return `${kind}, from ${address}`;
}

function jobLine({ enabled, last, name, next_run, schedule, state }: JobReport, now: number): string {
  const until = next_run === null ? '' : ` in ${formatDuration((Date.parse(next_run) - now) / 1000)}`;
  const next =
    schedule === null ? 'manual only' : enabled ? `next run${until} if serve is running` : 'disabled';
  return [
    `${name}, ${next}`,
    ...(last === null ? [] : [`last ${last.status}`]),
    ...(state === 'idle' ? [] : [state]),
  ].join('; ');
}

const AGES: readonly string[] = ['never_succeeded', 'too_old'] satisfies readonly Reason['code'][];

/** The command that best explains the most serious problem. */
function nextCommand({ all }: CommandContext, sources: readonly SourceStatus[]): string | null {
  const codes = sources.flatMap(({ reasons }) => reasons.map(({ code }) => code));
  const has = (...wanted: readonly (typeof codes)[number][]): boolean =>
    codes.some((code) => wanted.includes(code));
  if (has('run_failed', 'run_partial', 'books')) {
    const broken = sources.find(({ reasons }) => reasons.some(({ code }) => /^run_|^books$/.test(code)));
    return `runs show ${broken?.last_run?.run_id}`;
  }
  if (has('job_failed')) return 'jobs';
  if (has('check_error')) return 'checks';
  const stale = sources.find(({ reasons }) => reasons.some(({ code }) => AGES.includes(code)));
  if (stale !== undefined) {
    const loaded = all.find(({ config }) => config.source.name === stale.source);
    const address = stale.last_success?.address ?? null;
    return `run${flagFor(stale.source)}${loaded === undefined ? '' : fromFlag(loaded, address)}`;
  }
  const cut = sources.find(({ last_run: run }) => run?.status === 'interrupted');
  return cut === undefined ? null : `resume ${cut.last_run?.run_id}`;
}
