import { findTables, listTables } from '../app/tables.ts';
import { formatBytes } from '../lib/format-bytes.ts';
import { ago } from './ago.ts';
import { example, type Register } from './command.ts';
import { configsOf, type CommandContext } from './context.ts';
import { EXAMPLE_NAME } from './examples.ts';
import { printJson, printLine, printTable } from './print.ts';
import { openToRead } from './read-folder.ts';
import { typeable } from './self.ts';
import type { TableReport } from '../output/documents.ts';

export const registerTables: Register = (program, streams) => {
  program
    .command('tables')
    .description('list tables and views with rows, size and last change; or the columns of one')
    .argument('[name]', 'of one table or view')
    .addHelpText('after', '\nRows are counted now. The last change is the end of the run that made it.')
    .addHelpText('after', example('tables', `tables ${EXAMPLE_NAME}`))
    .action(async (name: string | undefined, _options, command) => {
      const context = await openToRead(streams, command, { all: true });
      const all = await listTables(configsOf(context), context);
      const found = name === undefined ? all : findTables(all, name);
      if (context.json) printJson(context, name === undefined ? found.map(withoutColumns) : found);
      else if (name === undefined) printTables(context, found);
      else for (const [index, one] of found.entries()) printOne(context, one, index);
    });
};

function withoutColumns({ columns: _columns, ...table }: TableReport): Omit<TableReport, 'columns'> {
  return table;
}

function printTables(context: CommandContext, tables: readonly TableReport[]): void {
  const loaded = tables.filter(({ rows }) => rows !== null);
  const several = new Set(loaded.map(({ source }) => source)).size > 1;
  if (loaded.length > 0)
    printTable(
      context,
      [...(several ? ['schema'] : []), 'table', 'kind', 'rows', 'size', 'changed', 'description'],
      loaded.map((one) => [
        ...(several ? [one.schema] : []),
        one.name,
        one.kind,
        one.rows,
        one.bytes === null ? null : formatBytes(one.bytes),
        ago(context.clock.now(), one.changed_at),
        one.description,
      ]),
      several ? 2 : 1,
    );
  const empty = loaded.filter((one) => one.empty !== null);
  if (empty.length > 0) printLine(context, '');
  for (const one of empty) printLine(context, `${one.name}: ${one.empty}`);
  for (const source of new Set(tables.filter(({ rows }) => rows === null).map((one) => one.source))) {
    const own = tables.filter((one) => one.source === source);
    const names = own.map(({ name }) => name).join(', ');
    const [first] = own;
    printLine(context, typeable(`${source} (${names}): ${first?.empty}`, context.cwd, context.given));
  }
}

function printOne(context: CommandContext, table: TableReport, index: number): void {
  if (index > 0) printLine(context, '');
  const { bytes, columns, description, empty, kind, name, rows, schema, source } = table;
  const age = ago(context.clock.now(), table.changed_at);
  const facts = [
    ...(rows === null ? [] : [`${rows} ${rows === 1 ? 'row' : 'rows'}`]),
    ...(bytes === null ? [] : [formatBytes(bytes)]),
    ...(age === null ? [] : [`changed ${age}`]),
  ];
  printLine(
    context,
    `${kind} ${schema}.${name} of ${source}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}`,
  );
  if (description !== null) printLine(context, description);
  if (empty !== null) printLine(context, typeable(`Empty: ${empty}`, context.cwd, context.given));
  printLine(context, '');
  printTable(
    context,
    ['column', 'type', 'null', 'description'],
    columns.map((one) => [one.name, one.type, one.nullable ? 'yes' : 'no', one.description]),
  );
}
