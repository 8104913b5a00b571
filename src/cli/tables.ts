import { findTables, listTables } from '../app/tables.ts';
import { formatBytes } from '../lib/format-bytes.ts';
import { ago } from '../core/duration.ts';
import { counted } from '../core/text.ts';
import { example, EXAMPLE_NAME, type Register } from './command.ts';
import { configsOf, type CommandContext } from './context.ts';
import { printHint, printItems, printJson, printLine, printResult } from './print.ts';
import { openToRead } from './read-folder.ts';
import type { TableReport } from '../output/documents.ts';

export const register: Register = (program, streams) => {
  program
    .command('tables')
    .description('list tables and views with rows, size and last change, or the columns of one of them')
    .argument('[name]', 'show only this table or view, with its columns')
    .addHelpText(
      'after',
      '\nRows are counted when the command runs. The time of a change is the end of the run that made it.',
    )
    .addHelpText('after', example('tables', `tables ${EXAMPLE_NAME}`))
    .action(async (name: string | undefined, _options, command) => {
      const context = await openToRead(streams, command, { all: true });
      const all = await listTables(configsOf(context), context);
      const found = name === undefined ? all : findTables(all, name);
      if (name !== undefined) printResult(context, found, printEach);
      else if (context.json)
        printJson(
          context,
          found.map(({ columns: _columns, ...table }) => table),
        );
      else printTables(context, found);
    });
};

function printTables(context: CommandContext, tables: readonly TableReport[]): void {
  const loaded = tables.filter(({ rows }) => rows !== null);
  const several = new Set(loaded.map(({ source }) => source)).size > 1;
  if (loaded.length > 0)
    printItems(
      context,
      loaded,
      {
        ...(several && { schema: (one: TableReport) => one.schema }),
        table: (one) => one.name,
        kind: (one) => one.kind,
        rows: (one) => one.rows,
        size: (one) => (one.bytes === null ? null : formatBytes(one.bytes)),
        changed: (one) => ago(context.clock.now(), one.changed_at),
        description: (one) => one.description,
      },
      several ? 2 : 1,
    );
  const empty = loaded.filter((one) => one.empty !== null);
  if (empty.length > 0) printLine(context, '');
  for (const one of empty) printLine(context, `${one.name}: ${one.empty}`);
  for (const source of new Set(tables.filter(({ rows }) => rows === null).map((one) => one.source))) {
    const own = tables.filter((one) => one.source === source);
    const names = own.map(({ name }) => name).join(', ');
    const [first] = own;
    printHint(context, `${source} (${names}): ${first?.empty}`);
  }
}

function printEach(context: CommandContext, tables: readonly TableReport[]): void {
  for (const [index, table] of tables.entries()) {
    if (index > 0) printLine(context, '');
    printOne(context, table);
  }
}

function printOne(context: CommandContext, table: TableReport): void {
  const { bytes, columns, description, empty, kind, name, rows, schema, source } = table;
  const age = ago(context.clock.now(), table.changed_at);
  const facts = [
    ...(rows === null ? [] : [counted(rows, 'row')]),
    ...(bytes === null ? [] : [formatBytes(bytes)]),
    ...(age === null ? [] : [`changed ${age}`]),
  ];
  printLine(
    context,
    `${kind} ${schema}.${name} of source ${source}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`,
  );
  if (description !== null) printLine(context, description);
  if (empty !== null) printHint(context, `Empty: ${empty}`);
  printLine(context, '');
  printItems(context, columns, {
    column: (one) => one.name,
    type: (one) => one.type,
    null: (one) => (one.nullable ? 'yes' : 'no'),
    description: (one) => one.description,
  });
}
