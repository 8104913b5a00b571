import { reportError } from '../core/errors.ts';
import type { ResourcePreview } from '../core/preview.ts';
import { deriveAll, type DeriveAllContext } from './pipeline.ts';
import type { Derived } from '../steps/publish.ts';

export type PreviewContext = DeriveAllContext & {
  /** Changed rows to show of each table and kind. */
  readonly sample: number;
};

/** Derives everything and compares it with what is published, instead of publishing it. */
export async function previewAll(
  context: PreviewContext,
): Promise<Readonly<Record<string, ResourcePreview>>> {
  const { plan, sample, target } = context;
  const derived = new Map<string, Derived>();
  const previews: Record<string, ResourcePreview> = {};
  try {
    await deriveAll(context, derived);
    for (const { name } of plan.resources) {
      const one = derived.get(name);
      if (one === undefined) continue;
      const { deletes, report, resource, whole } = one;
      const { errored, received, validated, error } = report;
      const found = whole ? await target.preview(resource, deletes, sample) : null;
      previews[name] = {
        received,
        validated,
        errored,
        newly_accepted: found?.rejects.newly_accepted ?? [],
        newly_rejected: found?.rejects.newly_rejected ?? [],
        tables: found?.tables ?? {},
        error: error ?? null,
      };
    }
    return previews;
  } finally {
    await target.discard().catch((error: unknown) => {
      context.log.warn(`Cannot drop what was staged: ${reportError(error).message}`);
    });
  }
}
