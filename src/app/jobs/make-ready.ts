import type { SourceConfig } from '../../config/for-source.ts';
import { PipelineError } from '../../core/errors.ts';
import type { HistoryDeps } from '../history.ts';
import { migrate } from '../migrate.ts';

const POLL_MS = 500;

/**
 * Migrates the database where that is allowed; throws `migration` where it is not, and something is pending. Another
 * process may be about the same, or a run have the schema: its end is waited for.
 */
export async function makeReady(
  configs: readonly [SourceConfig, ...SourceConfig[]],
  mayMigrate: boolean,
  deps: HistoryDeps,
): Promise<void> {
  for (;;) {
    const { migrations, missing } = await migrate(configs, 'status', deps);
    const pending = migrations.filter(({ applied_at }) => applied_at === null);
    const isReady = pending.length === 0 && (missing ?? []).length === 0;
    if (isReady && !mayMigrate) return;
    if (!isReady && !mayMigrate) {
      throw new PipelineError(
        `Cannot serve: ${pending.length} of ${migrations.length} migrations are pending`,
        { code: 'migration', hint: 'Give --migrate, or type: spacex-pipeline migrate up' },
      );
    }
    try {
      await migrate(configs, 'up', deps);
      return;
    } catch (error) {
      if (!(error instanceof PipelineError) || error.code !== 'busy') throw error;
      await deps.clock.sleep(POLL_MS, deps.signal);
    }
  }
}
