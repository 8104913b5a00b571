import { reasonOf, type ErrorReport } from '../core/errors.ts';
import type { ResourcePreview } from '../core/preview.ts';
import { runError } from '../steps/outcome.ts';
import type { Derived } from '../steps/publish.ts';
import type { RunContext } from './context.ts';
import { deriveAll } from './pipeline.ts';

/** What a run would do, by resource, and the error that would decide its exit code. */
export type Preview = {
  /** Null where no response said. */
  readonly simulated: boolean | null;
  readonly resources: Readonly<Record<string, ResourcePreview>>;
  readonly error: ErrorReport | null;
};

/**
 * Derives everything and compares it with what is published, instead of publishing it. Shows `sample` changed rows of each
 * table and kind.
 */
export async function previewAll(context: RunContext, sample: number): Promise<Preview> {
  const { chosen, kind, log, plan, target } = context;
  const derived = new Map<string, Derived>();
  const resources: Record<string, ResourcePreview> = {};
  try {
    await deriveAll(context, derived);
    const all = plan.resources.flatMap(({ name }) => derived.get(name) ?? []);
    for (const one of all) {
      const { deletes, report, resource, whole } = one;
      const { errored, received, status, validated, error } = report;
      const found = whole ? await target.preview(resource, deletes, sample) : null;
      resources[resource.name] = {
        status,
        received,
        validated,
        errored,
        newly_accepted: found?.rejects.newly_accepted ?? [],
        newly_rejected: found?.rejects.newly_rejected ?? [],
        tables: found?.tables ?? {},
        error,
      };
    }
    return { simulated: kind.simulated(), resources, error: runError(all, chosen) };
  } finally {
    await target.discard().catch((error: unknown) => {
      log.warn(`Cannot drop what was staged: ${reasonOf(error)}`);
    });
  }
}
