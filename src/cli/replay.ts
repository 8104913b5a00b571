import { resolveRun } from '../app/history.ts';
import { replayRun } from '../app/replay.ts';
import { example, EXAMPLE_NAME, type Register } from './command.ts';
import { openContext } from './context.ts';
import { MIGRATE, resourcesOption, RUN_ID } from './options.ts';
import { perform } from './run.ts';

type ReplayOptions = {
  readonly resources?: readonly string[];
  readonly force?: boolean;
  readonly migrate?: boolean;
};

export const register: Register = (program, streams, setOutcome) => {
  resourcesOption(
    program.command('replay'),
    'only these resources and the ones they need, separated by commas (default: all resources of the run)',
  )
    .description("process a run's raw files again with the current contracts and transforms, as a new run")
    .argument('<run>', RUN_ID)
    .option('--force', 'replay even if the target was loaded by another run')
    .addOption(MIGRATE)
    .addHelpText('after', example(`replay 0193 --resources ${EXAMPLE_NAME}`))
    .action(async (runId: string, options: ReplayOptions, command) => {
      const context = await openContext(streams, command);
      const { loaded, id } = await resolveRun(context.all, runId, context);
      const request = {
        runId: id ?? runId,
        resources: options.resources ?? null,
        force: options.force === true,
        migrate: options.migrate === true,
      };
      setOutcome(await perform(context, (deps) => replayRun(loaded, request, deps)));
    });
};
