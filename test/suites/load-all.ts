import type { Resource, Rows, TransformContext } from '../../src/core/resource.ts';
import type { Row } from '../../src/core/table.ts';
import type { RunEnd } from '../../src/core/target.ts';
import spacex from '../../src/sources/spacex/source.ts';
import { publish, type Derived } from '../../src/steps/publish.ts';
import { ANY_LOSS, beginRun, stage, type Lab, type Run } from './target-lab.ts';

const { resources } = spacex;

/** The records of a resource. */
export type Records = (resource: string) => readonly unknown[];

/** Runs every resource through transform, CSV, COPY and publish. */
export async function loadAll(lab: Lab, records: Records, transformedAt: string): Promise<Run & RunEnd> {
  const run = await beginRun(lab);
  const derived: Derived[] = [];
  for (const resource of resources) {
    const looked = new Map<string, ReadonlyMap<string, string | null>>();
    for (const [need, column] of Object.entries(resource.needs)) {
      const needed = resources.find(({ name }) => name === need);
      if (needed !== undefined) looked.set(need, await run.target.lookup(needed, column, true));
    }
    const lookup = (need: string, id: string): string | null => looked.get(need)?.get(id) ?? null;
    const rows = rowsOf(resource, records(resource.name), { transformedAt, lookup });
    derived.push(await stage(run, { resource, rows }));
  }
  return { ...run, ...(await publish(derived, run.target, ANY_LOSS)) };
}

/** The rows of all records, by table. */
export function rowsOf(resource: Resource, records: readonly unknown[], context: TransformContext): Rows {
  const all: Record<string, Row[]> = {};
  for (const record of records) {
    for (const [table, rows] of Object.entries(resource.transform(record, context))) {
      (all[table] ??= []).push(...rows);
    }
  }
  return all;
}
