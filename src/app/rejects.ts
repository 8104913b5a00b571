import { createReadStream } from 'node:fs';
import { join } from 'node:path';

import { readManifest } from '../adapters/files/read-runs.ts';
import { runFolder } from '../adapters/files/run-store.ts';
import {
  findRejects,
  waiveRejects,
  type KeptReject,
  type RejectFilter,
} from '../adapters/postgres/rejects.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { PipelineError } from '../core/errors.ts';
import { createRecordSplitter } from '../lib/json-records.ts';
import { MAX_RECORD_BYTES } from '../steps/read-page.ts';
import { readTargets } from './read-target.ts';
import type { RejectLine } from '../output/records.ts';
import type { AppDeps } from './runtime.ts';

export { REJECT_STATUSES, type RejectLine, type RejectStatus } from '../adapters/postgres/rejects.ts';

/** The ledger lines of records that broke their contract in these sources, with their statuses, newest first. */
export async function rejectLines(
  configs: readonly SourceConfig[],
  filter: RejectFilter,
  deps: AppDeps,
): Promise<readonly RejectLine[]> {
  const found = await readTargets(configs, 'list rejects', deps, (_, { session }) =>
    findRejects(session, filter),
  );
  const lines = found.flat().map(lineOf);
  if (found.length > 1) lines.sort((a, b) => Date.parse(b.last_seen) - Date.parse(a.last_seen));
  return lines.slice(0, filter.limit);
}

/** A ledger line with the bytes of its record, or null if neither the ledger nor a raw file still has the bytes. */
export type ShownReject = RejectLine & { readonly bytes: Buffer | null };

/** The ledger lines for one record in any of these sources. Throws `usage` if there are none. */
export async function showReject(
  configs: readonly SourceConfig[],
  id: string,
  resources: readonly string[] | null,
  deps: AppDeps,
): Promise<readonly ShownReject[]> {
  const filter = { id, resources, limit: 100 };
  const found = await readTargets(configs, 'show a reject', deps, async ({ dataDir }, { session }) => {
    const shown: ShownReject[] = [];
    for (const one of await findRejects(session, filter))
      shown.push({ ...lineOf(one), bytes: one.bytes ?? (await bytesInRaw(dataDir, one)) });
    return shown;
  });
  const shown = found.flat();
  if (shown.length === 0) throw unknownReject(id);
  return shown;
}

/**
 * Waives the rejects for a record, or changes the reason for waiving them. Returns the number of updated rejects.
 * Throws `usage` if none of them is open or waived.
 */
export async function waiveReject(
  configs: readonly SourceConfig[],
  request: { readonly id: string; readonly resources: readonly string[] | null; readonly reason: string },
  deps: AppDeps,
): Promise<number> {
  const { id, reason, resources } = request;
  const counts = await readTargets(configs, 'waive a reject', { ...deps, alone: true }, (_, { session }) =>
    waiveRejects(session, id, resources, reason),
  );
  const waived = counts.reduce((sum, count) => sum + count, 0);
  if (waived === 0) throw unknownReject(id, 'open ');
  return waived;
}

function lineOf(kept: KeptReject): RejectLine {
  const { bytes: _bytes, index: _index, offset: _offset, page: _page, ...line } = kept;
  return line;
}

/** Reads a record that is too large for the ledger from the raw file of the last run that saw it. */
async function bytesInRaw(
  dataDir: string,
  { resource, last_run_id, offset, page }: KeptReject,
): Promise<Buffer | null> {
  const manifest = await readManifest(dataDir, last_run_id).catch(() => null);
  const file = manifest?.raw[resource]?.[page - 1];
  if (file === undefined) return null;
  const splitter = createRecordSplitter({ shape: 'array', maxRecordBytes: MAX_RECORD_BYTES });
  splitter.push(Buffer.from('['));
  try {
    const path = join(runFolder(dataDir, last_run_id), file.path);
    const chunks: AsyncIterable<Buffer> = createReadStream(path, { start: offset });
    for await (const chunk of chunks) {
      const [first] = splitter.push(chunk);
      if (first !== undefined) return first.bytes;
    }
  } catch {
    // The file is missing or has changed.
  }
  return null;
}

function unknownReject(id: string, what = ''): PipelineError {
  return new PipelineError(`Cannot find ${what}rejects for record ${JSON.stringify(id)}`, {
    code: 'usage',
    hint: 'spacex-pipeline rejects list --status open',
  });
}
