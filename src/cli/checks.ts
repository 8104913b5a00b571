import { checkedRows, runChecks, type CheckReport } from '../app/checks.ts';
import { example, type Register } from './command.ts';
import { openContext } from './context.ts';
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
      const { config } = context.loaded;
      if (options.rows !== undefined) {
        const found = await checkedRows(config, options.rows, options.limit, context);
        if (context.json) printJson(context, found);
        else
          printTable(
            context,
            ['id', 'detail'],
            found.map((row) => [row.id, row.detail]),
          );
        return;
      }
      const { runId, checks } = await runChecks(config, id ?? null, context);
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
      const found = checks.filter(isWorthTelling).length;
      printLine(context, `${found} of ${checks.length} checks found something after run ${runId}`);
      if (first !== undefined)
        printLine(
          context,
          typeable(`Rows: spacex-pipeline checks --rows ${first.name}`, context.cwd, context.given),
        );
    });
};

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
