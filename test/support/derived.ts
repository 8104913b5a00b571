import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

import type { RunReport } from '../../src/core/run.ts';
import { readJson } from './workspace.ts';

/** The steps that began, by resource, according to the run's manifest. */
export function stepsOf({ run_dir }: Pick<RunReport, 'run_dir'>): Record<string, string[]> {
  type Manifest = { readonly steps: Readonly<Record<string, object>> };
  const { steps } = readJson<Manifest>(run_dir ?? '', 'run.json');
  return Object.fromEntries(Object.entries(steps).map(([name, own]) => [name, Object.keys(own)]));
}

/** The resources whose rows a run derived. */
export function derivedIn(report: Pick<RunReport, 'run_dir'>): string[] {
  const begun = Object.entries(stepsOf(report));
  return begun.flatMap(([name, steps]) => (steps.includes('load') ? [name] : [])).sort();
}

export function digests({ resources: all }: RunReport): Record<string, string> {
  const tables = Object.values(all).flatMap((one) => Object.entries(one.tables));
  return Object.fromEntries(tables.map(([name, { digest }]) => [name, digest]));
}

/** All files that a run derived from its raw files, by path, each with a number that identifies the file. */
export function stageFiles({ run_dir }: RunReport): Record<string, number> {
  const found = ['validated', 'errored', 'intermediate', 'profile'].flatMap((stage) =>
    readdirSync(path.join(run_dir ?? '', stage)).map((name) => path.join(stage, name)),
  );
  return Object.fromEntries(found.sort().map((name) => [name, statSync(path.join(run_dir ?? '', name)).ino]));
}
