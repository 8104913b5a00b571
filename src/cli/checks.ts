import { Option } from 'commander';

import {
  checkedRows,
  isAtLeast,
  newestChecks,
  runChecks,
  SEVERITIES,
  type ChecksOfRun,
} from '../app/checks.ts';
import { resolveRun } from '../app/history.ts';
import { PipelineError } from '../core/errors.ts';
import { isFinding, isPublished } from '../core/run.ts';
import { example, type Register } from './command.ts';
import { configsOf, type CommandContext } from './context.ts';
import { integerOption, RUN_ID } from './options.ts';
import { printHint, printItems, printJson, printLine, printResult } from './print.ts';
import { openToRead } from './read-folder.ts';
import type { CheckReport } from '../output/records.ts';

export const register: Register = (program, streams, setOutcome) => {
  program
    .command('checks')
    .description("show what a run's data checks found")
    .argument('[run]', `${RUN_ID} (default: the newest published run)`)
    .option('--all', 'include checks that found nothing')
    .option('--rows <check>', 'show the rows that currently fail this check')
    .option('--limit <n>', 'the maximum number of rows', integerOption, 100)
    .addOption(
      new Option(
        '--fail-on <severity>',
        'exit 10 if a check of this severity or higher found something',
      ).choices(SEVERITIES),
    )
    .addHelpText('after', example('checks', 'checks --fail-on error'))
    .action(async (id: string | undefined, options: Options, command) => {
      const context = await openToRead(streams, command);
      const { failOn, limit, rows } = options;
      if (rows !== undefined) {
        if (failOn !== undefined)
          throw new PipelineError('Cannot use --fail-on: it does not work with --rows', { code: 'usage' });
        await printRows(context, rows, limit);
        return;
      }
      const found = await checksOf(context, id ?? null);
      printChecks(context, found, options.all === true);
      const isBad = (check: CheckReport): boolean =>
        failOn !== undefined && isFinding(check) && isAtLeast(check.severity, failOn);
      setOutcome(found.some(({ checks }) => checks.some(isBad)) ? 'attention' : null);
    });
};

async function printRows(context: CommandContext, check: string, limit: number): Promise<void> {
  const found = await checkedRows(configsOf(context), check, limit, context);
  printResult(context, found, () =>
    printItems(context, found, { id: (row) => row.id, detail: (row) => row.detail }),
  );
}

function printChecks(context: CommandContext, found: readonly ChecksOfRun[], all: boolean): void {
  const checks = found.flatMap((one) => one.checks);
  const shown = all ? checks : checks.filter(isFinding);
  if (context.json) {
    printJson(context, shown);
    return;
  }
  if (shown.length > 0) {
    printItems(
      context,
      shown,
      {
        severity: (one) => one.severity,
        check: (one) => one.name,
        count: (one) => one.count,
        description: meaning,
      },
      2,
    );
    printLine(context, '');
  }
  for (const { checks: made, runId } of found) {
    const broken = made.filter(isFinding).length;
    printLine(context, `${broken} of ${made.length} checks found something after run ${runId}`);
  }
  const [first] = checks.filter(isFinding);
  if (first === undefined) return;
  printHint(context, `Rows: spacex-pipeline checks --rows ${first.name}`);
}

/** The checks of one run, or of the newest run of each source. */
async function checksOf(context: CommandContext, id: string | null): Promise<readonly ChecksOfRun[]> {
  if (id === null) return newestChecks(configsOf(context), context);
  const run = await resolveRun(context.all, id, context, isPublished);
  return [await runChecks(run.loaded.config, run.id, context)];
}

type Options = {
  readonly all?: boolean;
  readonly rows?: string;
  readonly limit: number;
  readonly failOn?: CheckReport['severity'];
};

function meaning({ count, error, description }: CheckReport): string {
  if (error !== null) return error;
  return count === null
    ? `Not run, because it reads a resource that has never been published. ${description}`
    : description;
}
