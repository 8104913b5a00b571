import type { Serving } from '../serve/serve.ts';
import { openContext, type CommandContext } from './context.ts';
import { countOption, MIGRATE } from './options.ts';
import { printItems, printJson, printLine } from './print.ts';
import { example, psqlLine, type Register } from './command.ts';

type ServeOptions = {
  readonly host?: string;
  readonly port?: number;
  readonly migrate?: boolean;
  readonly pgPort?: number;
};

export const register: Register = (program, streams) => {
  program
    .command('serve')
    .description('run jobs on their schedules, and serve health checks, metrics and an API, until Ctrl-C')
    .option('--from <address>', 'archive, live, sandbox or a base URL, for jobs without an address')
    .option(
      '--host <host>',
      'address to listen on; an address that other machines can reach requires a token (default: 127.0.0.1)',
    )
    .option(
      '--port <port>',
      'port of the HTTP API and the metrics; 0 for any free port (default: 8080)',
      countOption,
    )
    .option(
      '--pg-port <port>',
      'serve the embedded database to PostgreSQL clients on this port of 127.0.0.1; 0 for any free port',
      countOption,
    )
    .addOption(MIGRATE)
    .addHelpText('after', example('serve --from sandbox', 'serve --port 9090 --pg-port 5433'))
    .action(async (options: ServeOptions, command) => {
      const { host, migrate = false, pgPort = null, port } = options;
      const context = await openContext(streams, command, { shared: { serve: { host, port } } });
      const { serve } = await import('../serve/serve.ts');
      await serve(
        {
          whole: context.loaded.whole,
          from: context.from,
          ofSources: context.all.map(({ config }) => config.source),
          migrate,
          pgPort,
          ready: (serving) => printReady(context, serving),
        },
        context,
      );
    });
};

function printReady(context: CommandContext, { jobs, pgUrl, url }: Serving): void {
  const psql = pgUrl === null ? null : psqlLine(pgUrl);
  if (context.json) {
    printJson(context, { url, pg_url: pgUrl, psql, jobs });
    return;
  }
  printLine(context, `Serving at ${url} until Ctrl-C`);
  if (psql !== null) printLine(context, `PostgreSQL clients can read the database: ${psql}`);
  printItems(context, jobs, {
    job: (job) => job.name,
    source: (job) => job.source,
    schedule: (job) => job.schedule_words,
    'next run': (job) => job.next_run,
    enabled: (job) => job.enabled,
  });
}
