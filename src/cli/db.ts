import { serveDatabase } from '../app/db-serve.ts';
import { example, psqlLine, type Register } from './command.ts';
import { configsOf } from './context.ts';
import { countOption } from './options.ts';
import { printLine, printResult } from './print.ts';
import { openToRead } from './read-folder.ts';

const SERVE_HELP = [
  'For psql, DBeaver, Metabase, Grafana and other PostgreSQL clients on this machine; no password is needed. Clients',
  'can read everything, and their sessions start read-only. This prevents accidents, but does not stop a client that',
  'runs SET SESSION AUTHORIZATION postgres. The database has a single session: queries take turns, a running query',
  'cannot be canceled, and no run can start while this command is running. Each client has its own settings and',
  'prepared statements. A client with temporary tables, held cursors or advisory locks is disconnected if other clients',
  'have waited for 30 seconds.',
].join('\n');

export const register: Register = (program, streams) => {
  const db = program
    .command('db')
    .description('work with the embedded database')
    .addHelpText('after', example('db serve'));
  db.command('serve')
    .description('serve the embedded database to PostgreSQL clients, until Ctrl-C')
    .option('--port <port>', 'port on 127.0.0.1 (default: any free port)', countOption)
    .addHelpText('after', `\n${SERVE_HELP}`)
    .addHelpText('after', example('db serve --port 5433'))
    .action(async ({ port = 0 }: { readonly port?: number }, command) => {
      const context = await openToRead(streams, command);
      await serveDatabase(
        configsOf(context),
        {
          port,
          ready(url) {
            const psql = psqlLine(url);
            printResult(context, { url, psql }, () => {
              printLine(context, `Serving the embedded database read-only at ${url} until Ctrl-C`);
              printLine(context, `Try: ${psql}`);
            });
          },
        },
        context,
      );
    });
};
