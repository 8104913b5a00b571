import { queryTarget, type QueryAnswer } from '../app/query.ts';
import { plainCell } from '../lib/cells.ts';
import { csvLine } from '../lib/csv.ts';
import { EXAMPLE_NAME } from './examples.ts';
import { configsOf, openContext, type CommandContext } from './context.ts';
import { printJsonRows, printLine, printTable } from './print.ts';
import { example, type Register } from './command.ts';
import { typeable } from './self.ts';

export const registerQuery: Register = (program, streams) => {
  program
    .command('query')
    .description('one SQL statement on the target, read-only unless --write')
    .argument('<sql>', 'the statement; tables need no schema')
    .option('--csv', 'print CSV, with a header')
    .option('--write', 'let it change data')
    .addHelpText('after', '\nWith --json, the second column called name is name_2.')
    .addHelpText('after', example(`query "SELECT count(*) FROM ${EXAMPLE_NAME}"`))
    .action(async (sql: string, options: { csv?: boolean; write?: boolean }, command) => {
      const context = await openContext(streams, command);
      const result = await queryTarget(configsOf(context), sql, { write: options.write === true }, context);
      if (context.json) printJsonRows(context, result.columns, result.rows);
      else if (options.csv === true) printCsv(context, result);
      else printResult(context, result);
      if (result.empty_hint !== null) {
        const next = typeable(result.empty_hint, context.cwd, context.given);
        context.log.warn(`nothing was ever published here. ${next}`);
      }
    });
};

function printResult(context: CommandContext, { columns, rows, count }: QueryAnswer): void {
  if (columns.length > 0)
    printTable(
      context,
      columns,
      rows.map((row) => row.map(plainCell)),
    );
  if (context.quiet) return;
  printLine(context, count === null ? '(done)' : `(${count} ${count === 1 ? 'row' : 'rows'})`);
}

function printCsv({ stdout }: CommandContext, { columns, rows }: QueryAnswer): void {
  if (columns.length + rows.length === 0) return;
  stdout.write([columns, ...rows].map((row) => csvLine(row.map(plainCell))).join(''));
}
