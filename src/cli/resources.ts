import type { Resource } from '../core/resource.ts';
import { unknownResource } from '../engine/dag.ts';
import { baseType, type Table } from '../core/table.ts';
import { openContext, type CommandContext } from './context.ts';
import { printItems, printJson, printLine, printResult } from './print.ts';
import { registerNew } from './resources-new.ts';
import { example, EXAMPLE_NAME, type Register } from './command.ts';

export const register: Register = (program, streams) => {
  const command = program
    .command('resources')
    .description('list the resources that can be pulled')
    .addHelpText('after', example('resources', `resources show ${EXAMPLE_NAME}`))
    .action(async (_options, self) => {
      const context = await openContext(streams, self);
      const { resources } = context.loaded.config.source;
      printResult(context, resources.map(summary), (_, summaries) =>
        printItems(context, summaries, {
          resource: (one) => one.name,
          endpoint: (one) => one.path,
          needs: (one) => one.needs.join(', '),
          tables: (one) => one.tables.length,
          description: (one) => one.description,
        }),
      );
    });
  command
    .command('show')
    .description("show a resource's endpoint, dependencies, tables and contract (JSON Schema)")
    .argument('<name>', 'its name')
    .addHelpText('after', example(`resources show ${EXAMPLE_NAME}`))
    .action(async (name: string, _options, self) => {
      const context = await openContext(streams, self);
      const { resources } = context.loaded.config.source;
      const found = resources.find((one) => one.name === name);
      if (found === undefined) {
        throw unknownResource(
          name,
          resources.map((one) => one.name),
        );
      }
      const document = {
        ...summary(found),
        tables: found.tables.map(described),
        contract: found.contract,
      };
      printResult(context, document, () => printResource(context, found));
    });
  registerNew(command, streams);
};

function printResource(context: CommandContext, one: Resource): void {
  printLine(context, `${one.name}: ${one.description}`);
  printLine(context, `Endpoint: GET ${one.path}`);
  printLine(context, `Needs: ${Object.keys(one.needs).join(', ') || 'nothing'}`);
  for (const table of one.tables) {
    printLine(context, '');
    printLine(context, `Table ${table.name}, key ${table.key.join(', ')}:`);
    printItems(context, Object.entries(table.columns), {
      column: ([name]) => name,
      type: ([, column]) => baseType(column),
      null: ([, column]) => (column.nullable === false ? 'no' : 'yes'),
      references: ([, column]) => column.references ?? null,
    });
  }
  printLine(context, 'Contract of a record (JSON Schema):');
  printJson(context, one.contract);
}

/** Adds the database type of each column. */
function described(table: Table) {
  const columns = Object.entries(table.columns).map(([name, column]) => [
    name,
    { ...column, type: baseType(column) },
  ]);
  return { ...table, columns: Object.fromEntries(columns) as unknown };
}

function summary(one: Resource) {
  const { name, description, path, shape } = one;
  const tables = one.tables.map((table) => table.name);
  return { name, description, path, shape, needs: Object.keys(one.needs), tables };
}
