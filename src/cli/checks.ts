import { checkedRows, newestChecks, runChecks, type CheckReport, type ChecksOfRun } from '../app/checks.ts';
import { ofRun } from '../app/history.ts';
import { example, type Register } from './command.ts';
import { configsOf, openContext, type CommandContext } from './context.ts';
import { integerOption } from './options.ts';
import { typeable } from './self.ts';
import { printJson, printLine, printTable } from './print.ts';

const DEFAULT_LIMIT = 100;

export const registerChecks: Register = (program, streams) => {
  program
    .command('checks')
    .description('what the data checks of a run found, across records')
    .argument('[run]', 'its id, or a unique start of it (default: the newest that was published)')
    .option('--all', 'also those that found nothing')
    .option('--rows <check>', 'the rows that break this one now')
    .option('--limit <n>', 'how many rows', integerOption, DEFAULT_LIMIT)
    .addHelpText('after', example('checks', 'checks --all --json'))
    .action(async (id: string | undefined, options: Options, command) => {
      const context = await openContext(streams, command);
      if (options.rows !== undefined) {
        const found = await checkedRows(configsOf(context), options.rows, options.limit, context);
        if (context.json) printJson(context, found);
        else
          printTable(
            context,
            ['id', 'detail'],
            found.map((row) => [row.id, row.detail]),
          );
        return;
      }
      const found = await checksOf(context, id ?? null);
      const checks = found.flatMap((one) => one.checks);
      const shown = options.all === true ? checks : checks.filter(isWorthTelling);
      if (context.json) {
        printJson(context, shown);
        return;
      }
      const [first] = checks.filter(isWorthTelling);
      if (shown.length > 0) {
        printTable(
          context,
          ['severity', 'check', 'count', 'description'],
          shown.map((one) => [one.severity, one.name, one.count, meaning(one)]),
          2,
        );
        printLine(context, '');
      }
      for (const { checks: made, runId } of found) {
        const broken = made.filter(isWorthTelling).length;
        printLine(context, `${broken} of ${made.length} checks found something after run ${runId}`);
      }
      if (first !== undefined)
        printLine(
          context,
          typeable(`Rows: spacex-pipeline checks --rows ${first.name}`, context.cwd, context.given),
        );
    });
};

/** Of one run, or of the newest of each source. */
async function checksOf(context: CommandContext, id: string | null): Promise<readonly ChecksOfRun[]> {
  if (id === null) return newestChecks(configsOf(context), context);
  const { config } = await ofRun(context.all, id, context);
  return [await runChecks(config, id, context)];
}

type Options = { readonly all?: boolean; readonly rows?: string; readonly limit: number };

function meaning({ count, error, description }: CheckReport): string {
  if (error !== null) return error;
  return count === null
    ? `Not made: a resource that it reads was never published. ${description}`
    : description;
}

function isWorthTelling({ count, error }: CheckReport): boolean {
  return error !== null || (count ?? 0) > 0;
}
