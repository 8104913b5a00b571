import { migrate, type MigrateAction } from '../app/migrate.ts';
import { PipelineError } from '../core/errors.ts';
import { configsOf, openContext, severalSources, type CommandContext } from './context.ts';
import { printHint, printItems, printLine, printResult } from './print.ts';
import { example, type Register } from './command.ts';
import type { MigrateReport } from '../output/documents.ts';

export const register: Register = (program, streams) => {
  const command = program
    .command('migrate')
    .description("list, apply or revert the target's schema migrations")
    .addHelpText('after', example('migrate status', 'migrate up'));
  command
    .command('up')
    .description('apply all pending migrations, and recreate missing objects of applied migrations')
    .addHelpText('after', example('migrate up'))
    .action(async (_options, self) => migrateAndPrint(await openContext(streams, self, { all: true }), 'up'));
  command
    .command('down')
    .description('revert the newest migration; its tables and their rows are lost')
    .option('--yes', 'confirm the loss of the rows')
    .addHelpText('after', example('migrate down --yes'))
    .action(async (options: { yes?: boolean }, self) => {
      const context = await openContext(streams, self, { all: true });
      if (context.all.length > 1) throw severalSources('migrate down');
      if (options.yes !== true) {
        throw new PipelineError('Cannot migrate down: rows would be lost, and --yes was not given', {
          code: 'usage',
          hint: 'spacex-pipeline migrate down --yes',
        });
      }
      await migrateAndPrint(context, 'down');
    });
  command
    .command('status', { isDefault: true })
    .description('show which migrations are applied, and which of the objects they created are missing')
    .addHelpText('after', example('migrate status'))
    .action(async (_options, self) =>
      migrateAndPrint(await openContext(streams, self, { all: true }), 'status'),
    );
};

async function migrateAndPrint(context: CommandContext, action: MigrateAction): Promise<void> {
  const report = await migrate(configsOf(context), action, context);
  printResult(context, report, () => printReport(context, report, action));
}

function printReport(context: CommandContext, report: MigrateReport, action: MigrateAction): void {
  const verb = action === 'up' ? 'Applied' : 'Reverted';
  if (action !== 'status') printLine(context, `${verb}: ${report.changed.join(', ') || 'nothing'}`);
  if (context.quiet) return;
  printItems(context, report.migrations, {
    ...(context.all.length > 1 && { source: (one: Migration) => one.source }),
    migration: (one) => one.name,
    applied: (one) => one.applied_at ?? 'pending',
  });
  for (const line of notices(report)) printHint(context, line);
}

type Migration = MigrateReport['migrations'][number];

const LOST =
  'Their contents are lost, but you can load the rows of resources again with: spacex-pipeline run';

function notices({ made_again, missing }: MigrateReport): readonly string[] {
  if (made_again.length > 0) {
    const made = `Recreated: ${made_again.join(', ')}`;
    return made_again.some((name) => /^(everything|table|column) /.test(name)) ? [made, LOST] : [made];
  }
  if (missing === null)
    return ['Not compared with the database, because this role or server cannot create temporary tables.'];
  if (missing.length === 0) return [];
  return [`Missing: ${missing.join(', ')}`, 'To recreate missing objects: spacex-pipeline migrate up'];
}
