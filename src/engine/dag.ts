import { PipelineError } from '../core/errors.ts';
import type { Resource } from '../core/resource.ts';
import { suggest } from '../lib/suggest.ts';

export type Dag = {
  /** The resources to pull, each after the resources that it needs. */
  readonly resources: readonly Resource[];
  /** Resources that were not chosen, but are needed by chosen resources. */
  readonly added: readonly string[];
};

/**
 * Orders resources so that each comes after the resources that it needs. `chosen` null means all. Throws `usage` for an
 * unknown name.
 */
export function buildDag(all: readonly Resource[], chosen: readonly string[] | null): Dag {
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
      throw new PipelineError(`Cannot plan a run: ${name} depends on itself`, { code: 'internal' });
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
  const reason = meant === null ? `the known resources are ${known.join(', ')}` : `did you mean ${meant}?`;
  return new PipelineError(`Cannot find resource ${JSON.stringify(name)}: ${reason}`, {
    code: 'usage',
    hint: 'spacex-pipeline resources',
  });
}

/** A node of a DAG. Nodes without an edge between them run in parallel. */
export type Node = { readonly name: string; readonly needs: readonly string[] };

/**
 * Runs every node once, after all nodes that it needs, with at most `concurrency` nodes at a time. If a node itself
 * fails, `run` must return the failure instead of throwing it. If `run` throws, no more nodes start, and the error is
 * rethrown when the running nodes have ended.
 */
export async function runDag<T>(
  nodes: readonly Node[],
  concurrency: number,
  run: (name: string, needs: ReadonlyMap<string, T>) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  const results = new Map<string, T>();
  const waiting = new Map(nodes.map((node) => [node.name, node]));
  const running = new Map<string, Promise<void>>();
  let failure: { readonly error: unknown } | null = null;

  function start(node: Node): void {
    waiting.delete(node.name);
    const needed = new Map([...results].filter(([name]) => node.needs.includes(name)));
    const task = run(node.name, needed).then(
      (result) => void results.set(node.name, result),
      (error: unknown) => {
        failure ??= { error };
      },
    );
    running.set(
      node.name,
      task.finally(() => running.delete(node.name)),
    );
  }

  while (waiting.size > 0 || running.size > 0) {
    const ready =
      failure === null
        ? [...waiting.values()].filter(({ needs }) => needs.every((need) => results.has(need)))
        : [];
    for (const node of ready.slice(0, concurrency - running.size)) start(node);
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (failure !== null) throw (failure as { readonly error: unknown }).error;
  return results;
}
