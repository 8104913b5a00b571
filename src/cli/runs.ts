import { findRun, resolveRun, pastRuns } from '../app/history.ts';
import type { RunReport } from '../core/run.ts';
import { ago, formatDuration } from '../core/duration.ts';
import { copyRows } from './copies.ts';
import { configsOf, type CommandContext } from './context.ts';
import { integerOption, RUN_ID } from './options.ts';
import { printHint, printItems, printLine, printResult, printTable } from './print.ts';
import { example, type Register } from './command.ts';
import { registerPrune } from './prune.ts';
import { openToRead } from './read-folder.ts';
import { runnable } from './self.ts';

export const register: Register = (program, streams, setOutcome) => {
  const runs = program
    .command('runs')
    .description('list past runs, newest first')
    .option('--limit <n>', 'the maximum number of runs', integerOption, 20)
    .addHelpText('after', example('runs --limit 5', 'runs show'))
    .action(async (options: { limit: number }, command) => {
      const context = await openToRead(streams, command, { all: true });
      const onLedgerLost = (): void => setOutcome('database');
      const found = await pastRuns(configsOf(context), options.limit, { ...context, onLedgerLost });
      printResult(context, found, printRuns);
    });
  runs
    .command('show')
    .description('show one run in full')
    .argument('[run]', `${RUN_ID} (default: the newest)`)
    .addHelpText('after', example('runs show'))
    .action(async (id: string | undefined, _options, command) => {
      const context = await openToRead(streams, command);
      const deps = { ...context, onLedgerLost: (): void => setOutcome('database') };
      const run = await resolveRun(context.all, id ?? null, deps);
      const found = await findRun(run.loaded.config, run.id, deps);
      printResult(context, found, printRun);
    });
  registerPrune(runs, streams, setOutcome);
};

function printRuns(context: CommandContext, runs: readonly RunReport[]): void {
  if (runs.length === 0) {
    printHint(context, 'No runs yet. To start one: spacex-pipeline run');
    return;
  }
  const severalSources = new Set(runs.map(({ source }) => source)).size > 1;
  printItems(context, runs, {
    run: (run) => run.run_id,
    status: (run) => run.status,
    ...(severalSources && { source: (run: RunReport) => run.source }),
    address: (run) => run.address,
    started: (run) => ago(context.clock.now(), run.started_at),
    took: tookOf,
    received: (run) => sum(run, 'received'),
    errored: (run) => sum(run, 'errored'),
    inserted: (run) => sum(run, 'inserted'),
    updated: (run) => sum(run, 'updated'),
    deleted: (run) => sum(run, 'deleted'),
    error: (run) => run.error?.code ?? null,
  });
}

function tookOf({ finished_at, started_at }: RunReport): string | null {
  if (started_at === null || finished_at === null) return null;
  return formatDuration((Date.parse(finished_at) - Date.parse(started_at)) / 1000);
}

function sum(run: RunReport, count: 'received' | 'errored' | 'inserted' | 'updated' | 'deleted'): number {
  return Object.values(run.resources).reduce((total, report) => total + report[count], 0);
}

function printRun(context: CommandContext, run: RunReport): void {
  printLine(context, `Run ${run.run_id} ${run.status}`);
  printLine(
    context,
    `Source: ${run.source ?? '-'} from ${run.address}${run.simulated === true ? ' (simulated records)' : ''}`,
  );
  printLine(context, `From ${run.started_at} to ${run.finished_at ?? '-'}`);
  printLine(context, `Folder: ${run.run_dir}`);
  if (run.error !== null) printLine(context, `Error: ${run.error.message}`);
  const hint = run.error?.hint ?? null;
  if (hint !== null) printLine(context, `Hint: ${runnable(hint, context)}`);
  const reports = Object.entries(run.resources);
  if (reports.length === 0) return;
  printLine(context, '');
  printItems(context, reports, {
    resource: ([name]) => name,
    status: ([, one]) => one.status,
    received: ([, one]) => one.received,
    validated: ([, one]) => one.validated,
    errored: ([, one]) => one.errored,
    repeated: ([, one]) => one.repeated,
    'not modified': ([, one]) => (one.not_modified ? 'yes' : 'no'),
    seconds: ([, one]) => one.seconds,
    error: ([, one]) => one.error?.message ?? null,
  });
  const copies = copyRows(run.resources);
  if (copies.length > 0) {
    printLine(context, '');
    printLine(context, 'Preserved copies, possibly from different days:');
    printTable(context, ['resource', 'captured', 'proof', 'url'], copies, 1);
  }
  const tables = reports.flatMap(([, one]) => Object.entries(one.tables));
  if (tables.length === 0) return;
  printLine(context, '');
  printItems(context, tables, {
    table: ([name]) => name,
    staged: ([, counts]) => counts.staged,
    inserted: ([, counts]) => counts.inserted,
    updated: ([, counts]) => counts.updated,
    unchanged: ([, counts]) => counts.unchanged,
    deleted: ([, counts]) => counts.deleted,
    held: ([, counts]) => counts.held,
    before: ([, counts]) => counts.live_before,
    after: ([, counts]) => counts.live_after,
    dangling: ([, { dangling }]) =>
      Object.entries(dangling)
        .map(([column, count]) => `${column} ${count}`)
        .join(', '),
  });
}
