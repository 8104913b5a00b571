import { PipelineError } from '../core/errors.ts';
import type { Resource } from '../core/resource.ts';
import { suggest } from '../lib/suggest.ts';

export type Plan = {
  /** Every resource to pull, each after those that it needs. */
  readonly resources: readonly Resource[];
  /** Resources that were not chosen but that chosen ones need. */
  readonly added: readonly string[];
};

/**
 * Orders resources so that each comes after those it needs. `chosen` null means all. Throws `usage` for an unknown
 * name.
 */
export function planRun(all: readonly Resource[], chosen: readonly string[] | null): Plan {
  const byName = new Map(all.map((resource) => [resource.name, resource]));
  const names = chosen ?? [...byName.keys()];
  if (names.length === 0) {
    throw new PipelineError('Cannot plan a run: no resource is chosen', {
      code: 'usage',
      hint: `Choose from ${[...byName.keys()].join(', ')}.`,
    });
  }
  const ordered = new Map<string, Resource>();
  const entered = new Set<string>();

  function enter(name: string): void {
    if (ordered.has(name)) return;
    const resource = byName.get(name);
    if (resource === undefined) throw unknownResource(name, [...byName.keys()]);
    if (entered.has(name)) {
      throw new PipelineError(`Cannot plan a run: ${name} needs itself`, { code: 'internal' });
    }
    entered.add(name);
    for (const need of Object.keys(resource.needs)) enter(need);
    ordered.set(name, resource);
  }

  for (const name of names) enter(name);
  return {
    resources: [...ordered.values()],
    added: [...ordered.keys()].filter((name) => !names.includes(name)),
  };
}

export function unknownResource(name: string, known: readonly string[]): PipelineError {
  const meant = suggest(name, known);
  const reason = meant === null ? `known are ${known.join(', ')}` : `did you mean ${meant}?`;
  return new PipelineError(`Cannot find resource ${JSON.stringify(name)}: ${reason}`, {
    code: 'usage',
    hint: 'spacex-pipeline resources',
  });
}
