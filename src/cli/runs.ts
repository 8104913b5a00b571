import { findRun, ofRun, pastRuns } from '../app/history.ts';
import { formatDuration } from '../core/duration.ts';
import type { RunReport } from '../core/run.ts';
import { ago } from './ago.ts';
import { copyRows } from './copies.ts';
import { configsOf, type CommandContext } from './context.ts';
import { integerOption, RUN_ID } from './options.ts';
import { printJson, printLine, printTable } from './print.ts';
import { example, type Register } from './command.ts';
import { registerPrune } from './prune.ts';
import { openToRead } from './read-folder.ts';
import { typeable } from './self.ts';

const DEFAULT_LIMIT = 20;

export const registerRuns: Register = (program, streams, act) => {
  const runs = program
    .command('runs')
    .description('list past runs, newest first')
    .option('--limit <n>', 'how many', integerOption, DEFAULT_LIMIT)
    .addHelpText('after', example('runs --limit 5', 'runs show'))
    .action(async (options: { limit: number }, command) => {
      const context = await openToRead(streams, command, { all: true });
      const onLedgerLost = (): void => act('database');
      const found = await pastRuns(configsOf(context), options.limit, { ...context, onLedgerLost });
      if (context.json) printJson(context, found);
      else printRuns(context, found);
    });
  runs
    .command('show')
    .description('one run in full')
    .argument('[run]', `${RUN_ID} (default: the newest)`)
    .addHelpText('after', example('runs show'))
    .action(async (id: string | undefined, _options, command) => {
      const context = await openToRead(streams, command);
      const deps = { ...context, onLedgerLost: (): void => act('database') };
      const run = await ofRun(context.all, id ?? null, deps);
      const found = await findRun(run.loaded.config, run.id, deps);
      if (context.json) printJson(context, found);
      else printRun(context, found);
    });
  registerPrune(runs, streams, act);
};

function printRuns(context: CommandContext, runs: readonly RunReport[]): void {
  if (runs.length === 0) {
    printLine(context, typeable('No runs yet. Type: spacex-pipeline run', context.cwd, context.given));
    return;
  }
  const severalSources = new Set(runs.map(({ source }) => source)).size > 1;
  printTable(
    context,
    [
      'run',
      'status',
      ...(severalSources ? ['source'] : []),
      'address',
      'started',
      'took',
      'received',
      'errored',
      'inserted',
      'updated',
      'deleted',
      'error',
    ],
    runs.map((run) => [
      run.run_id,
      run.status,
      ...(severalSources ? [run.source] : []),
      run.address,
      ago(context.clock.now(), run.started_at),
      tookOf(run),
      sum(run, 'received'),
      sum(run, 'errored'),
      sum(run, 'inserted'),
      sum(run, 'updated'),
      sum(run, 'deleted'),
      run.error?.code ?? null,
    ]),
  );
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
  if (hint !== null) printLine(context, `Hint: ${typeable(hint, context.cwd, context.given)}`);
  const reports = Object.entries(run.resources);
  if (reports.length === 0) return;
  printLine(context, '');
  printTable(
    context,
    [
      'resource',
      'status',
      'received',
      'validated',
      'errored',
      'repeated',
      'not modified',
      'seconds',
      'error',
    ],
    reports.map(([name, one]) => [
      name,
      one.status,
      one.received,
      one.validated,
      one.errored,
      one.repeated,
      one.not_modified ? 'yes' : 'no',
      one.seconds,
      one.error?.message ?? null,
    ]),
  );
  const copies = copyRows(run.resources);
  if (copies.length > 0) {
    printLine(context, '');
    printLine(context, 'Preserved copies, which may be of different days:');
    printTable(context, ['resource', 'captured', 'proof', 'url'], copies, 1);
  }
  const tables = reports.flatMap(([, one]) => Object.entries(one.tables));
  if (tables.length === 0) return;
  printLine(context, '');
  printTable(
    context,
    ['table', 'staged', 'inserted', 'updated', 'unchanged', 'deleted', 'held', 'before', 'after', 'dangling'],
    tables.map(([name, counts]) => [
      name,
      counts.staged,
      counts.inserted,
      counts.updated,
      counts.unchanged,
      counts.deleted,
      counts.held,
      counts.live_before,
      counts.live_after,
      Object.entries(counts.dangling)
        .map(([column, count]) => `${column} ${count}`)
        .join(', '),
    ]),
  );
}
