import { createHash } from 'node:crypto';

import type { RunFolder, Stage, StageName } from '../core/ports.ts';
import type { Lookups, Resource } from '../core/resource.ts';
import type { RawFile } from '../core/run.ts';
import type { LastPublish, Target } from '../core/target.ts';

/**
 * Identifies everything that determines the rows of a resource: code, raw bytes, and values looked up in other
 * resources. Derivation is pure, so equal keys mean equal rows, except for the columns that record when the rows were
 * derived.
 */
export function derivationKey(
  codeDigest: string,
  { name }: Resource,
  pages: readonly Pick<RawFile, 'sha256'>[],
  lookups: Lookups,
): string {
  const lookedUp = [...lookups].map(([need, found]) => [
    need,
    [...found].sort(([a], [b]) => (a < b ? -1 : 1)),
  ]);
  return createHash('sha256')
    .update(JSON.stringify([codeDigest, name, pages.map(({ sha256 }) => sha256), lookedUp]))
    .digest('hex');
}

/**
 * Whether deriving a resource again is certain to change nothing. True if its last publish had the same key and set no
 * record aside, and its tables are unchanged since then. If so, links the stage files of that publish into this run's
 * folder; if one of them is missing, returns false.
 */
export async function isUnchanged(
  resource: Resource,
  key: string,
  last: LastPublish,
  { folder, target }: { readonly folder: RunFolder; readonly target: Target },
): Promise<boolean> {
  if (last.derivation_key !== key || last.errored > 0 || last.has_rejects) return false;
  const left = resource.tables.map(({ name }) => ({ name, ...last.tables[name] }));
  // Rows that the publish did not supply, because they were held or never deleted, come from older raw files,
  // which the key does not cover.
  if (left.some(({ live_after, staged }) => staged !== live_after)) return false;
  const now = await target.contents(resource);
  if (left.some(({ name, digest }) => now[name]?.digest !== digest)) return false;
  return folder.linkStages(stageNames(resource), last.run_id);
}

/** The names of a resource's files in each stage. */
const FILES_IN: Readonly<Record<Stage, (resource: Resource) => readonly string[]>> = {
  validated: ({ name }) => [name],
  errored: ({ name }) => [name],
  profile: ({ name }) => [name],
  intermediate: ({ tables }) => tables.map(({ name }) => name),
};

function stageNames(resource: Resource): StageName[] {
  const stages = Object.keys(FILES_IN) as Stage[]; // the keys of the literal above
  return stages.flatMap((stage) => FILES_IN[stage](resource).map((name): StageName => [stage, name]));
}
