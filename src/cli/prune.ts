import { pruneRuns } from '../app/prune.ts';
import type { ErrorReport } from '../core/errors.ts';
import { counted } from '../core/text.ts';
import { example, printFailure, type Register } from './command.ts';
import { configsOf, openContext, type CommandContext } from './context.ts';
import { printItems, printLine, printResult } from './print.ts';
import type { PruneReport, PrunedFolder } from '../output/runs.ts';

/** A subcommand of `runs`. */
export const registerPrune: Register = (runs, streams, setOutcome) => {
  runs
    .command('prune')
    .description('remove old run folders and old tombstones, as configured in `retention`')
    .option('--dry-run', 'only list what would be removed')
    .addHelpText('after', example('runs prune --dry-run'))
    .action(async (options: { dryRun?: boolean }, command) => {
      const context = await openContext(streams, command, { all: true });
      const report = await pruneRuns(configsOf(context), options.dryRun === true, context);
      printResult(context, report, printPruned);
      setOutcome(printFailure(context, failureIn(report)));
    });
};

function printPruned(context: CommandContext, { dry_run, kept, pruned, tombstones }: PruneReport): void {
  const gone = pruned.filter(({ error }) => error === null);
  if (gone.length > 0) {
    printItems(context, gone, {
      run: (one) => one.run_id,
      status: (one) => one.status,
      why: (one) => REASONS[one.reason],
      folder: (one) => one.run_dir,
    });
    printLine(context, '');
  }
  if (context.quiet) return;
  const what = counted(gone.length, 'folder');
  const rows = tombstones === 0 ? '' : ` and ${counted(tombstones, 'tombstone')}`;
  printLine(context, `${dry_run ? 'Would remove' : 'Removed'} ${what}${rows}; ${kept} folders remain.`);
}

const REASONS: Readonly<Record<PrunedFolder['reason'], string>> = {
  superseded: 'superseded by newer runs',
  failed: 'published nothing',
  half_written: 'half-written',
  leftover: 'half-removed',
};

function failureIn({ pruned }: PruneReport): ErrorReport | null {
  const [first = null, ...others] = pruned.flatMap(({ error }) => error ?? []);
  if (first === null || others.length === 0) return first;
  return { ...first, message: `${first.message} (and ${others.length} more)` };
}
