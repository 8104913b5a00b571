import { findRun, rejectsOf, type Reject } from '../app/history.ts';
import { unknownResource } from '../engine/plan.ts';
import { resources } from '../resources/index.ts';
import { openContext } from './context.ts';
import { integerOption } from './options.ts';
import { printJson, printLine, printTable } from './print.ts';
import { example, type Register } from './command.ts';

const DEFAULT_LIMIT = 100;

export const registerRejects: Register = (program, streams) => {
  program
    .command('rejects')
    .description('records that broke their contract and were set aside')
    .addHelpText('after', example('rejects list'))
    .command('list')
    .description('the rejects of a run, with every reason')
    .argument('[run]', 'its id, or a unique start of it (default: the newest)')
    .option('--resource <name>', 'only of this resource')
    .option('--limit <n>', 'how many records', integerOption, DEFAULT_LIMIT)
    .addHelpText('after', example('rejects list --limit 10', 'rejects list --json'))
    .action(async (id: string | undefined, options: { resource?: string; limit: number }, command) => {
      const context = await openContext(streams, command);
      const { config } = context.loaded;
      const names = resources.map(({ name }) => name);
      if (options.resource !== undefined && !names.includes(options.resource)) {
        throw unknownResource(options.resource, names);
      }
      const { run_id } = await findRun(config, id ?? null, context);
      const found: Reject[] = [];
      for await (const reject of rejectsOf(config, run_id ?? '', options.resource ?? null)) {
        if (found.length >= options.limit) break;
        found.push(reject);
      }
      if (context.json) printJson(context, found);
      else if (found.length === 0) printLine(context, `Run ${run_id} set no records aside.`);
      else
        printTable(
          context,
          ['resource', 'index', 'id', 'path', 'code', 'message'],
          found.flatMap(rejectRows),
        );
    });
};

function rejectRows({ resource, index, id, errors }: Reject): unknown[][] {
  return errors.map(({ path, code, message }) => [resource, index, id, path, code, message]);
}
