import { readJobs } from '../config/jobs.ts';
import { describeConfig } from '../config/load.ts';
import { openContext } from './context.ts';
import { printItems, printResult } from './print.ts';
import { example, type Register } from './command.ts';

export const register: Register = (program, streams) => {
  program
    .command('config')
    .description('show the effective configuration and where each value comes from, with secrets masked')
    .addHelpText('after', example('config'))
    .action(async (_options, command) => {
      const context = await openContext(streams, command);
      // The schema cannot express every rule for jobs.
      await readJobs(context.loaded.whole);
      const entries = describeConfig(context.loaded.whole);
      const document = Object.fromEntries(entries.map(({ key, value, origin }) => [key, { value, origin }]));
      printResult(context, document, () =>
        printItems(context, entries, {
          key: (one) => one.key,
          value: (one) => JSON.stringify(one.value),
          from: (one) => one.origin,
        }),
      );
    });
};
