import { reasonOf, type ErrorReport } from '../core/errors.ts';
import type { ResourcePreview, TableChanges } from '../core/preview.ts';
import type { Resource } from '../core/resource.ts';
import { runError } from '../steps/outcome.ts';
import type { Derived } from '../steps/publish.ts';
import type { RunContext } from './context.ts';
import { deriveAll } from './pipeline.ts';

/** What a run would do, by resource, and the error that would decide its exit code. */
export type Preview = {
  /** Null if no response said. */
  readonly simulated: boolean | null;
  readonly resources: Readonly<Record<string, ResourcePreview>>;
  readonly error: ErrorReport | null;
};

/**
 * Derives everything and compares it with what is published, instead of publishing it. Shows `sample` changed rows of
 * each table and kind.
 */
export async function previewAll(context: RunContext, sample: number): Promise<Preview> {
  const { chosen, kind, log, plan, target } = context;
  const derived = new Map<string, Derived>();
  const resources: Record<string, ResourcePreview> = {};
  try {
    await deriveAll(context, derived);
    const all = plan.resources.flatMap(({ name }) => derived.get(name) ?? []);
    for (const one of all) {
      const { carries, deletes, report, resource, allRead } = one;
      const { errored, received, pass, status, validated, error } = report;
      const scope = { deletes, touched: carries !== null, sample };
      const found = allRead ? await target.preview(resource, scope) : null;
      resources[resource.name] = {
        status,
        pass,
        received,
        validated,
        errored,
        newly_accepted: found?.rejects.newly_accepted ?? [],
        newly_rejected: found?.rejects.newly_rejected ?? [],
        tables: found?.tables ?? (carries === null ? {} : untouched(resource)),
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

/** The changes of a resource for which nothing new arrived. */
function untouched({ tables }: Resource): Readonly<Record<string, TableChanges>> {
  const none = { inserted: 0, updated: 0, unchanged: 0, deleted: 0, held: 0, kept: null, changes: [] };
  return Object.fromEntries(tables.map(({ name }) => [name, none]));
}
