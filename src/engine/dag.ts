/** A node of a DAG. Nodes without an edge between them run in parallel. */
export type Node = { readonly name: string; readonly needs: readonly string[] };

/**
 * Runs every node once, after all that it needs, at most `concurrency` at a time. If a node itself fails, `run` must
 * return the failure, not throw it. If `run` throws, no new nodes begin, and the error is thrown when the running ones
 * have ended.
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
