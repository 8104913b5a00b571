import type { Command } from 'commander';

import { counted } from '../core/text.ts';
import type { NewResource } from '../output/documents.ts';
import { example } from './command.ts';
import { openContext, type CommandContext, type CommandStreams } from './context.ts';
import { printLine, printResult } from './print.ts';

/** Adds `resources new`. Loads the code that drafts a resource only when the command runs. */
export function registerNew(resources: Command, streams: CommandStreams): void {
  resources
    .command('new')
    .description('draft a new resource from sample records, in a clone of the repository')
    .argument('<name>', 'name of the resource, such as launch_events')
    .requiredOption('--from <samples>', 'URL or JSON file with sample records')
    .addHelpText(
      'after',
      example(
        'resources new launch_events --from https://api.example.org/v4/launch_events',
        'resources new launch_events --from events.json',
      ),
    )
    .action(async (name: string, { from }: { readonly from: string }, self: Command) => {
      const context = await openContext(streams, self);
      const { newResource } = await import('../app/new-resource.ts');
      const made = await newResource({ name, from, cwd: context.cwd }, context.loaded, context);
      printResult(context, made, printNew);
    });
}

function printNew(context: CommandContext, made: NewResource): void {
  for (const file of made.wrote) printLine(context, `Wrote ${file}`);
  for (const file of made.changed) printLine(context, `Changed ${file}`);
  const samples = counted(made.samples, 'sample');
  printLine(context, `Drafted from ${samples}, with the tables ${made.tables.join(', ')}`);
  printLine(context, 'To review:');
  for (const line of made.review) printLine(context, `- ${line}`);
  printLine(context, 'Next:');
  for (const line of made.next) printLine(context, `  ${line}`);
}
