import { PipelineError } from '../core/errors.ts';
import type { Lookups, Resource } from '../core/resource.ts';
import { leavesRows } from '../core/run.ts';
import type { Derived } from '../steps/publish.ts';
import type { RunContext } from './context.ts';

/** The results of the resources that one resource needs. */
export type Needs = ReadonlyMap<string, Derived>;

/** Reads what a resource looks up in those that it needs. */
export async function readLookups(
  resource: Resource,
  needs: Needs,
  { target }: RunContext,
): Promise<Lookups> {
  const lookups = new Map<string, ReadonlyMap<string, string | null>>();
  for (const [need, column] of Object.entries(resource.needs)) {
    const needed = needs.get(need);
    if (needed !== undefined) lookups.set(need, await target.lookup(needed.resource, column, needed.deletes));
  }
  return lookups;
}

/** The error for a needed resource that left its rows as they are but has none; null if all needs are met. */
export function unmetNeed(name: string, needs: Needs, lookups: Lookups): PipelineError | null {
  const unmet = [...needs.values()].find(
    ({ report, resource }) => leavesRows(report.status) && lookups.get(resource.name)?.size === 0,
  );
  if (unmet === undefined) return null;
  const { report, resource } = unmet;
  return new PipelineError(
    `Cannot load ${name}: ${resource.name}, which it needs, is ${report.status}, and no rows of it were loaded before`,
    {
      code: 'source',
      hint: `Load ${resource.name} first, from another day with --as-of or another address with --from.`,
    },
  );
}
