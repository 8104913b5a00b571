import { queryTarget, type QueryAnswer } from '../app/query.ts';
import { createCsvEncoder, type CsvValue } from '../lib/csv.ts';
import { resources } from '../resources/index.ts';
import { openContext, type CommandContext } from './context.ts';
import { printJson, printLine, printTable } from './print.ts';
import { example, type Register } from './command.ts';
import { typeable } from './self.ts';

export const registerQuery: Register = (program, streams) => {
  program
    .command('query')
    .description('one SQL statement on the target, read-only unless --write')
    .argument('<sql>', 'the statement; tables need no schema')
    .option('--csv', 'print CSV, with a header')
    .option('--write', 'let it change data')
    .addHelpText('after', example(`query "SELECT count(*) FROM ${resources[0]?.tables[0].name ?? ''}"`))
    .action(async (sql: string, options: { csv?: boolean; write?: boolean }, command) => {
      const context = await openContext(streams, command);
      const result = await queryTarget(
        context.loaded.config,
        sql,
        { write: options.write === true },
        context,
      );
      if (context.json) printJson(context, result.rows);
      else if (options.csv === true) printCsv(context, result);
      else printResult(context, result);
      if (result.empty_hint !== null) {
        const next = typeable(result.empty_hint, context.cwd, context.given);
        context.log.warn(`nothing was ever published here. ${next}`);
      }
    });
};

function printResult(context: CommandContext, { columns, rows, touched }: QueryAnswer): void {
  if (columns.length > 0) {
    printTable(
      context,
      columns,
      rows.map((row) => columns.map((column) => row[column])),
    );
  }
  if (!context.quiet) printLine(context, `(${touched ?? 0} ${touched === 1 ? 'row' : 'rows'})`);
}

function printCsv(context: CommandContext, { columns, rows }: QueryAnswer): void {
  const encoder = createCsvEncoder(columns);
  for (const row of rows) {
    encoder.encode(Object.fromEntries(columns.map((column) => [column, csvValue(row[column])])));
  }
  context.stdout.write(encoder.header().toString('utf8'));
  context.stdout.write(encoder.take().toString('utf8'));
}

function csvValue(value: unknown): CsvValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}
