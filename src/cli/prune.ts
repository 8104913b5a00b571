import { pruneRuns } from '../app/prune.ts';
import { example, tellError, type Register } from './command.ts';
import { configsOf, openContext, type CommandContext, type Outcome } from './context.ts';
import { printJson, printLine, printTable } from './print.ts';
import type { PruneReport, PrunedFolder } from '../output/runs.ts';

/** A subcommand of `runs`. */
export const registerPrune: Register = (runs, streams, act) => {
  runs
    .command('prune')
    .description('remove the folders of old runs and old tombstones, as `retention` says')
    .option('--dry-run', 'remove nothing, only list them')
    .addHelpText('after', example('runs prune --dry-run'))
    .action(async (options: { dryRun?: boolean }, command) => {
      const context = await openContext(streams, command, { all: true });
      const report = await pruneRuns(configsOf(context), options.dryRun === true, context);
      if (context.json) printJson(context, report);
      else printPruned(context, report);
      act(tellFailed(context, report));
    });
};

function printPruned(context: CommandContext, { dry_run, kept, pruned, tombstones }: PruneReport): void {
  const gone = pruned.filter(({ error }) => error === null);
  if (gone.length > 0) {
    printTable(
      context,
      ['run', 'status', 'why', 'folder'],
      gone.map(({ run_id, status, reason, run_dir }) => [run_id, status, REASONS[reason], run_dir]),
    );
    printLine(context, '');
  }
  if (context.quiet) return;
  const what = `${gone.length} ${gone.length === 1 ? 'folder' : 'folders'}`;
  const rows = tombstones === 0 ? '' : ` and ${tombstones} ${tombstones === 1 ? 'tombstone' : 'tombstones'}`;
  printLine(context, `${dry_run ? 'Would remove' : 'Removed'} ${what}${rows}; ${kept} folders stay.`);
}

const REASONS: Readonly<Record<PrunedFolder['reason'], string>> = {
  superseded: 'newer ones are published',
  failed: 'published nothing',
  half_written: 'half-written',
  leftover: 'half-removed',
};

function tellFailed(context: CommandContext, { pruned }: PruneReport): Outcome {
  const failed = pruned.flatMap(({ error }) => error ?? []);
  const [first, ...others] = failed;
  if (first === undefined) return null;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  tellError(context, { ...first, message: `${first.message}${more}` }, context.given);
  return first.code;
}
