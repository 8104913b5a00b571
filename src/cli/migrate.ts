import { migrate, type MigrateAction } from '../app/migrate.ts';
import { PipelineError } from '../core/errors.ts';
import { openContext, type CommandContext } from './context.ts';
import { printJson, printLine, printTable } from './print.ts';
import { example, type Register } from './command.ts';

export const registerMigrate: Register = (program, streams) => {
  const command = program
    .command('migrate')
    .description('schema migrations of the target')
    .addHelpText('after', example('migrate status', 'migrate up'));
  command
    .command('up')
    .description('apply every pending migration')
    .addHelpText('after', example('migrate up'))
    .action(async (_options, self) => act(await openContext(streams, self), 'up'));
  command
    .command('down')
    .description('take the newest migration back: its tables and their rows are lost')
    .option('--yes', 'yes, lose them')
    .addHelpText('after', example('migrate down --yes'))
    .action(async (options: { yes?: boolean }, self) => {
      const context = await openContext(streams, self);
      if (options.yes !== true) {
        throw new PipelineError('Cannot migrate down: rows would be lost, and nobody said --yes', {
          code: 'usage',
          hint: 'spacex-pipeline migrate down --yes',
        });
      }
      await act(context, 'down');
    });
  command
    .command('status')
    .description('which migrations are applied')
    .addHelpText('after', example('migrate status'))
    .action(async (_options, self) => act(await openContext(streams, self), 'status'));
};

async function act(context: CommandContext, action: MigrateAction): Promise<void> {
  const { changed, states } = await migrate(context.loaded.config, action, context);
  if (context.json) {
    printJson(context, { changed, migrations: states });
    return;
  }
  const verb = action === 'up' ? 'Applied' : 'Took back';
  if (action !== 'status') printLine(context, `${verb}: ${changed.join(', ') || 'nothing'}`);
  if (!context.quiet) {
    printTable(
      context,
      ['migration', 'applied'],
      states.map(({ name, applied_at }) => [name, applied_at ?? 'pending']),
    );
  }
}
