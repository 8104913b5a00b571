import { once } from 'node:events';

import { PipelineError } from '../core/errors.ts';
import { FAULTS_HELP } from '../sandbox/fault-spec.ts';
import { startSandbox } from '../sandbox/server.ts';
import { REVISIONS } from '../sandbox/universe/universe.ts';
import { WAYBACK_FAULTS_HELP } from '../sandbox/wayback/faults.ts';
import { startWayback } from '../sandbox/wayback/server.ts';
import { registerLaunchLibrary } from './sandbox-launch-library.ts';
import { openContext, type CommandContext } from './context.ts';
import { countOption } from './options.ts';
import { printLine, printResult } from './print.ts';
import { example, type Register } from './command.ts';

export type SandboxFlags = {
  readonly port?: number;
  readonly launches?: number;
  readonly seed?: number;
  readonly revision?: number;
  readonly faults?: string;
  readonly wayback?: boolean;
  readonly waybackFaults?: string;
};

const REVISIONS_HELP = [
  `Revisions 1 to ${REVISIONS} are successive states of the same world. From one revision to the next, launches fly,`,
  'appear, are postponed, renumbered and canceled, and the other resources change accordingly.',
].join('\n');

const WAYBACK_HELP = [
  'With --wayback, the same server also simulates the Internet Archive (playback and CDX) and the repository of',
  'recordings, and prints two more addresses. To run on the copies, set SPACEX_PIPELINE_ARCHIVE_URL and',
  'SPACEX_PIPELINE_RECORDINGS_URL to these addresses. --faults applies only to the API.',
].join('\n');

export const register: Register = (program, streams) => {
  const sandbox = program
    .command('sandbox')
    .description('serve the stand-in API, with simulated records, until Ctrl-C')
    .option('--port <port>', 'port on 127.0.0.1 (default: any free port)', countOption)
    .option('--launches <n>', 'number of launches', countOption)
    .option('--seed <n>', 'seed for the simulated records; each seed produces different records', countOption)
    .option(
      '--revision <n>',
      `state of the simulated world to serve, from 1 (oldest) to ${REVISIONS} (newest, the default)`,
      countOption,
    )
    .option('--faults <spec>', 'faults to simulate, separated by commas (see below)')
    .option('--wayback', 'also serve preserved copies of the records, as the Internet Archive does')
    .option('--wayback-faults <spec>', 'faults to simulate in the copies, separated by commas (see below)')
    .addHelpText(
      'after',
      `\n${REVISIONS_HELP}\n\n${FAULTS_HELP}\n\n${WAYBACK_HELP}\n\n${WAYBACK_FAULTS_HELP}`,
    )
    .addHelpText(
      'after',
      example(
        'sandbox --port 8080',
        'sandbox --revision 1',
        'sandbox --faults 429=2x1,bad=0.05',
        'sandbox --wayback --wayback-faults wrong-etag@captures/rockets',
      ),
    )
    .action(async (options: SandboxFlags, command) => {
      const context = await openContext(streams, command);
      const close = options.wayback === true ? await wayback(context, options) : await api(context, options);
      if (!context.signal.aborted) await once(context.signal, 'abort');
      await close();
    });
  registerLaunchLibrary(sandbox, streams);
};

async function api(context: CommandContext, options: SandboxFlags): Promise<() => Promise<void>> {
  if (options.waybackFaults !== undefined) {
    throw new PipelineError('Cannot use --wayback-faults: it needs --wayback', { code: 'usage' });
  }
  const { url, close } = await startSandbox(options);
  printResult(context, { url }, () => printLine(context, `Serving simulated records at ${url} until Ctrl-C`));
  return close;
}

async function wayback(context: CommandContext, options: SandboxFlags): Promise<() => Promise<void>> {
  const { url, archiveUrl, recordingsUrl, close } = await startWayback(options);
  printResult(context, { url, archive_url: archiveUrl, recordings_url: recordingsUrl }, () => {
    printLine(context, `Serving simulated records at ${url}, and preserved copies of them, until Ctrl-C`);
    printLine(context, 'To run on the copies, set');
    printLine(context, `  SPACEX_PIPELINE_ARCHIVE_URL=${archiveUrl}`);
    printLine(context, `  SPACEX_PIPELINE_RECORDINGS_URL=${recordingsUrl}`);
  });
  return close;
}
