import type { JobReport } from '../core/job.ts';
import { openContext, type CommandContext } from './context.ts';
import { countOption } from './options.ts';
import { printJson, printLine, printTable } from './print.ts';
import { example, type Register } from './command.ts';

type ServeOptions = {
  readonly host?: string;
  readonly port?: number;
  readonly migrate?: boolean;
};

export const registerServe: Register = (program, streams) => {
  program
    .command('serve')
    .description('run jobs on their schedules, and serve health, metrics and an API, until Ctrl-C')
    .option('--from <address>', 'archive, live, sandbox or a base URL, for jobs that name none')
    .option(
      '--host <host>',
      'address to listen on; beyond this machine it needs a token (default: 127.0.0.1)',
    )
    .option('--port <port>', 'port of the API and metrics, 0 for any free one (default: 8080)', countOption)
    .option('--migrate', 'apply pending migrations to a server first')
    .addHelpText('after', example('serve --from sandbox', 'serve --port 9090'))
    .action(async (options: ServeOptions, command) => {
      const { host, migrate = false, port } = options;
      const context = await openContext(streams, command, { shared: { serve: { host, port } } });
      const { serve } = await import('../serve/serve.ts');
      await serve(
        {
          whole: context.loaded.whole,
          from: context.from,
          migrate,
          ready: ({ jobs, url }) => printReady(context, url, jobs),
        },
        context,
      );
    });
};

function printReady(context: CommandContext, url: string, jobs: readonly JobReport[]): void {
  if (context.json) {
    printJson(context, { url, jobs });
    return;
  }
  printLine(context, `Serving at ${url} until Ctrl-C`);
  printTable(
    context,
    ['job', 'source', 'schedule', 'next run', 'enabled'],
    jobs.map((job) => [job.name, job.source, job.schedule_words, job.next_run ?? '', job.enabled]),
  );
}
