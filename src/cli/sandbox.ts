import { once } from 'node:events';

import { FAULTS_HELP, REVISIONS, startSandbox } from '../app/sandbox.ts';
import { openContext } from './context.ts';
import { countOption } from './options.ts';
import { printJson, printLine } from './print.ts';
import { example, type Register } from './command.ts';

type SandboxFlags = {
  readonly port?: number;
  readonly launches?: number;
  readonly seed?: number;
  readonly revision?: number;
  readonly faults?: string;
};

const REVISIONS_HELP = [
  `Revisions 1 to ${REVISIONS} are states of the same world, each later than the one before: from one to the next`,
  'launches fly, appear, are put off, renumbered and cancelled, and the other resources follow.',
].join('\n');

export const registerSandbox: Register = (program, streams) => {
  program
    .command('sandbox')
    .description('serve the stand-in API alone, with simulated records, until Ctrl-C')
    .option('--port <port>', 'port on 127.0.0.1 (default: any free one)', countOption)
    .option('--launches <n>', 'how many launches', countOption)
    .option('--seed <n>', 'another seed, other records', countOption)
    .option(
      '--revision <n>',
      `a state of the same world, 1 the oldest (default: ${REVISIONS}, the newest)`,
      countOption,
    )
    .option('--faults <spec>', 'what goes wrong, by comma: see below')
    .addHelpText('after', `\n${REVISIONS_HELP}\n\n${FAULTS_HELP}`)
    .addHelpText(
      'after',
      example('sandbox --port 8080', 'sandbox --revision 1', 'sandbox --faults 429=2x1,bad=0.05'),
    )
    .action(async (options: SandboxFlags, command) => {
      const context = await openContext(streams, command);
      const sandbox = await startSandbox(options);
      if (context.json) printJson(context, { url: sandbox.url });
      else printLine(context, `Serving simulated records at ${sandbox.url} until Ctrl-C`);
      if (!context.signal.aborted) await once(context.signal, 'abort');
      await sandbox.close();
    });
};
