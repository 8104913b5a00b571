import { queryTarget, type QueryAnswer } from '../app/query.ts';
import { PipelineError } from '../core/errors.ts';
import { plainCell } from '../lib/cells.ts';
import { csvLine } from '../lib/csv.ts';
import { markedLine } from '../lib/marked-line.ts';
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
      const result = await queryTarget(
        configsOf(context),
        sql,
        { write: options.write === true },
        context,
      ).catch((error: unknown) => {
        markPlace(context, sql, error);
        throw error;
      });
      if (context.json) printJsonRows(context, result.columns, result.rows);
      else if (options.csv === true) printCsv(context, result);
      else printResult(context, result);
      if (result.empty_hint !== null) {
        const next = typeable(result.empty_hint, context.cwd, context.given);
        context.log.warn(`nothing was ever published here. ${next}`);
      }
    });
};

/** Shows where in the statement the error is that is about to be told. */
function markPlace({ lines, stderr }: CommandContext, sql: string, error: unknown): void {
  const position = error instanceof PipelineError ? error.context['position'] : undefined;
  if (typeof position !== 'number' || lines.current() === 'json') return;
  stderr.write(markedLine(sql, position, (stderr.isTTY === true && stderr.columns) || 80));
}

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
