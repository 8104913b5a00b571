import { resolveRun } from '../app/history.ts';
import { resumeRun } from '../app/resume.ts';
import { example, type Register } from './command.ts';
import { openContext } from './context.ts';
import { MIGRATE, RUN_ID } from './options.ts';
import { perform } from './run.ts';

export const register: Register = (program, streams, setOutcome) => {
  program
    .command('resume')
    .description('continue a run that ended before it published')
    .argument('[run]', `${RUN_ID} (default: the newest)`)
    .option(
      '--from <address>',
      'archive, live, sandbox or a base URL (default: the address that the run used)',
    )
    .addOption(MIGRATE)
    .addHelpText('after', example('resume'))
    .action(async (id: string | undefined, options: { migrate?: boolean }, command) => {
      const context = await openContext(streams, command);
      const request = { from: context.from, migrate: options.migrate === true };
      const run = await resolveRun(context.all, id ?? null, context);
      setOutcome(await perform(context, (deps) => resumeRun(run.loaded, run.id, request, deps)));
    });
};
