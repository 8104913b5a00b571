import { once } from 'node:events';

import type { Command } from 'commander';

import { PipelineError } from '../core/errors.ts';
import { FAULTS_HELP } from '../sandbox/fault-spec.ts';
import { LAUNCH_LIBRARY } from '../sandbox/launch-library/name.ts';
import { startLaunchLibrary } from '../sandbox/launch-library/server.ts';
import { example } from './command.ts';
import { openContext, type CommandStreams } from './context.ts';
import { countOption, instantOption, secondsOption } from './options.ts';
import { printLine, printResult } from './print.ts';
import type { SandboxFlags } from './sandbox.ts';

/** Includes flags of `sandbox` itself, because the parser reads those first. */
type LaunchLibraryFlags = SandboxFlags & {
  readonly records?: string;
  readonly at?: number;
  readonly step?: number;
};

const HELP = [
  'Serves launches/ page by page in three modes, with the filters id, lsp__id, last_updated__gte and last_updated__lte,',
  'and every ordering that the service supports. Also serves api-throttle/. Allows 15 requests an hour, or 300 with a token;',
  'any token works. Requests for api-throttle/ and responses that a fault produces do not count.',
  '',
  'Simulated launches are announced, postponed and flown as time passes. With --at, time stands still, so the same seed',
  'always produces the same responses. With --step, time advances with each request, even while a client is paging.',
  'Records from a file are served in the mode in which they were received, or in a less detailed mode. If the file',
  'contains a launch more than once, its newest record is served, or, with --at, its newest record as of that time.',
].join('\n');

export function registerLaunchLibrary(sandbox: Command, streams: CommandStreams): void {
  sandbox
    .command(LAUNCH_LIBRARY)
    .description('serve a stand-in for Launch Library 2.3.0, until Ctrl-C')
    .configureHelp({
      showGlobalOptions: true,
      visibleGlobalOptions: () => [...(sandbox.parent?.options ?? [])],
    })
    .option('--port <port>', 'port on 127.0.0.1 (default: any free port)', countOption)
    .option('--launches <n>', 'number of launches on January 1, 2026 (default: 205)', countOption)
    .option('--seed <n>', 'seed for the simulated records; each seed produces different records', countOption)
    .option('--records <file>', 'serve the launches in a file: a JSON array, a page, or one launch per line')
    .option(
      '--at <time>',
      'serve the state at this time, such as 2026-03-01T12:00:00Z (default: now)',
      instantOption,
    )
    .option(
      '--step <seconds>',
      'advance the simulated time by this much with each request for launches',
      secondsOption,
    )
    .option('--faults <spec>', 'faults to simulate, separated by commas (see below)')
    .addHelpText('after', `\n${HELP}\n\n${FAULTS_HELP}`)
    .addHelpText(
      'after',
      example(
        'sandbox launch-library --port 8081',
        'sandbox launch-library --at 2026-03-01T12:00:00Z --step 3600',
        'sandbox launch-library --records launches.json --faults 429=2x1',
      ),
    )
    .action(async (_flags, command: Command) => {
      const { step, ...options } = command.optsWithGlobals<LaunchLibraryFlags>();
      refuseOthers(options);
      const context = await openContext(streams, command);
      const { baseUrl, close } = await startLaunchLibrary({ ...options, stepSeconds: step });
      const what =
        options.records === undefined ? 'simulated launches' : `the launches in ${options.records}`;
      printResult(context, { url: baseUrl }, () =>
        printLine(context, `Serving ${what} at ${baseUrl} until Ctrl-C`),
      );
      if (!context.signal.aborted) await once(context.signal, 'abort');
      await close();
    });
}

function refuseOthers({ revision, wayback, waybackFaults }: LaunchLibraryFlags): void {
  const given = { '--revision': revision, '--wayback': wayback, '--wayback-faults': waybackFaults };
  for (const [flag, value] of Object.entries(given)) {
    if (value === undefined) continue;
    throw new PipelineError(`Cannot use ${flag}: only the stand-in for the SpaceX API supports it`, {
      code: 'usage',
    });
  }
}
