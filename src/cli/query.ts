import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';

import { placeOf, queryTarget, type QueryAnswer } from '../app/query.ts';
import { readTextFile } from '../config/text-file.ts';
import { PipelineError } from '../core/errors.ts';
import { counted } from '../core/text.ts';
import { jsonDocument, jsonLines, plainCell } from '../lib/cells.ts';
import { csvLine } from '../lib/csv.ts';
import { expandedRows } from '../lib/expanded.ts';
import { escapeJson } from '../lib/json-text.ts';
import { NumberSource } from '../lib/json-source.ts';
import { markedLine } from '../lib/marked-line.ts';
import { textTable, type Paint } from '../lib/text-table.ts';
import { configsOf, openContext, type CommandContext } from './context.ts';
import { printPaged } from './pager.ts';
import { painted } from './print.ts';
import { openToRead } from './read-folder.ts';
import { example, EXAMPLE_NAME, type Register } from './command.ts';
import { runnable } from './self.ts';

type Options = {
  readonly file?: string;
  readonly csv?: boolean;
  readonly ndjson?: boolean;
  readonly expanded?: boolean;
  readonly write?: boolean;
  readonly pager: boolean;
};

export const register: Register = (program, streams) => {
  program
    .command('query')
    .description('run one SQL statement, read-only unless --write is given')
    .argument('[sql]', 'the statement, or - to read it from stdin; table names do not need a schema')
    .option('-f, --file <file>', 'read the statement from this file; - is stdin')
    .option('-x, --expanded', 'print each column on its own line, for rows wider than the terminal')
    .option('--csv', 'print CSV with a header row')
    .option('--ndjson', 'print each row as a JSON object on its own line')
    .option('--write', 'allow the statement to change data')
    .option('--no-pager', 'do not use a pager (PSQL_PAGER, PAGER or less) for long results')
    .addHelpText(
      'after',
      `\nTables show null as NULL and an empty string as blank; CSV shows null as blank and an empty string as "".
With --json, a second column called name becomes name_2.`,
    )
    .addHelpText('after', example(`query "SELECT count(*) FROM ${EXAMPLE_NAME}"`, 'query -x -f report.sql'))
    .action(async (given: string | undefined, options: Options, command) => {
      const context = await (options.write === true ? openContext : openToRead)(streams, command);
      const sql = await statementOf(context, given, options.file);
      const result = await queryTarget(
        configsOf(context),
        sql,
        { write: options.write === true },
        context,
      ).catch((error: unknown) => {
        markPlace(context, sql, error);
        throw error;
      });
      await print(context, result, options);
      if (result.empty_hint !== null) {
        const next = runnable(result.empty_hint, context);
        context.log.warn(`nothing has been published here yet. ${next}`);
      }
    });
};

async function statementOf(
  { cwd }: CommandContext,
  given: string | undefined,
  file: string | undefined,
): Promise<string> {
  if ((given === undefined) === (file === undefined)) {
    const reason =
      given === undefined ? 'no statement was given' : 'the statement was given twice, as text and as a file';
    throw new PipelineError(`Cannot run the query: ${reason}`, { code: 'usage' });
  }
  if (given === '-' || file === '-') return readAll(process.stdin);
  if (file === undefined) return given ?? '';
  return (await readTextFile(resolve(cwd, file), file, [])) ?? '';
}

/**
 * Prints the line of the statement that contains the error, with a mark at its position. The caller prints the error.
 */
function markPlace({ lines, stderr }: CommandContext, sql: string, error: unknown): void {
  const position = placeOf(error);
  if (position === null || lines.current() === 'json') return;
  stderr.write(markedLine(sql, position, (stderr.isTTY === true && stderr.columns) || 80));
}

async function print(context: CommandContext, result: QueryAnswer, options: Options): Promise<void> {
  const { columns, count, rows } = result;
  if (options.ndjson === true) context.stdout.write(escapeJson(jsonLines(columns, rows).join('')));
  else if (context.json) context.stdout.write(`${escapeJson(jsonDocument(columns, rows))}\n`);
  else if (options.csv === true) printCsv(context, result);
  else {
    const body = columns.length === 0 ? '' : bodyOf(context, result, options);
    const end = count === null ? '(done)' : `(${counted(count, 'row')})`;
    await printPaged(context, context.quiet ? body : `${body}${end}\n`, options.pager);
  }
}

const NOTHING = 'NULL';
const LOOKS = { name: 'bold', rule: 'dim', nothing: 'dim' } as const;

function bodyOf({ stdout }: CommandContext, { columns, rows }: QueryAnswer, { expanded }: Options): string {
  const paint: Paint = (text, part) => painted(stdout, text, LOOKS[part]);
  const cells = rows.map((row) => row.map(plainCell));
  if (expanded === true) return expandedRows(columns, cells, { nothing: NOTHING, paint });
  const width = stdout.isTTY === true ? stdout.columns || Infinity : Infinity;
  const right = columns.map((_, index) => isNumeric(rows.map((row) => row[index])));
  return textTable(columns, cells, { width, nothing: NOTHING, right, paint });
}

/** Whether all values are numbers. Numbers that do not fit into a double are strings, but count as numbers. */
function isNumeric(values: readonly unknown[]): boolean {
  const isNumber = (value: unknown): boolean => typeof value === 'number' || value instanceof NumberSource;
  const others = values.filter((value) => value !== null && !isNumber(value));
  return (
    values.some(isNumber) && others.every((value) => typeof value === 'string' && /^[-\d.]+$/.test(value))
  );
}

function printCsv({ stdout }: CommandContext, { columns, rows }: QueryAnswer): void {
  if (columns.length + rows.length === 0) return;
  stdout.write([columns, ...rows].map((row) => csvLine(row.map(plainCell))).join(''));
}
