import type { Resource } from '../core/resource.ts';
import { unknownResource } from '../engine/plan.ts';
import { baseType, type Table } from '../core/table.ts';
import { EXAMPLE_NAME } from './examples.ts';
import { openContext } from './context.ts';
import { printJson, printLine, printTable } from './print.ts';
import { registerNew } from './resources-new.ts';
import { example, type Register } from './command.ts';

export const registerResources: Register = (program, streams) => {
  const command = program
    .command('resources')
    .description('what can be pulled')
    .addHelpText('after', example('resources', `resources show ${EXAMPLE_NAME}`))
    .action(async (_options, self) => {
      const context = await openContext(streams, self);
      const { resources } = context.loaded.config.source;
      if (context.json) {
        printJson(context, resources.map(summary));
        return;
      }
      printTable(
        context,
        ['resource', 'endpoint', 'needs', 'tables', 'description'],
        resources.map((one) => [
          one.name,
          one.path,
          Object.keys(one.needs).join(', '),
          one.tables.length,
          one.description,
        ]),
      );
    });
  command
    .command('show')
    .description('one resource: endpoint, needs, tables, contract as JSON Schema')
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
      if (context.json) {
        printJson(context, {
          ...summary(found),
          tables: found.tables.map(described),
          contract: found.contract,
        });
        return;
      }
      printLine(context, `${found.name}: ${found.description}`);
      printLine(context, `Endpoint: GET ${found.path}`);
      printLine(context, `Needs: ${Object.keys(found.needs).join(', ') || 'nothing'}`);
      for (const table of found.tables) {
        printLine(context, '');
        printLine(context, `Table ${table.name}, key ${table.key.join(', ')}:`);
        printTable(
          context,
          ['column', 'type', 'null', 'references'],
          Object.entries(table.columns).map(([own, column]) => [
            own,
            baseType(column),
            column.nullable === false ? 'no' : 'yes',
            column.references ?? null,
          ]),
        );
      }
      printLine(context, 'Contract of a record (JSON Schema):');
      printJson(context, found.contract);
    });
  registerNew(command, streams);
};

/** Adds the types of the columns in the database. */
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
