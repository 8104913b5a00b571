import { createReadStream } from 'node:fs';
import { join } from 'node:path';

import { readManifest } from '../adapters/files/history.ts';
import { runFolder } from '../adapters/files/run-store.ts';
import {
  findRejects,
  waiveRejects,
  type KeptReject,
  type RejectFilter,
  type RejectLine,
} from '../adapters/postgres/rejects.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { PipelineError } from '../core/errors.ts';
import { createRecordSplitter } from '../lib/json-records.ts';
import { MAX_RECORD_BYTES } from '../steps/read-page.ts';
import type { HistoryDeps } from './history.ts';
import { readTarget } from './read-target.ts';

export { REJECT_STATUSES, type RejectLine, type RejectStatus } from '../adapters/postgres/rejects.ts';

/** Records that broke their contract, and what became of each: the ledger's lines, newest first. */
export async function rejectLines(
  config: SourceConfig,
  filter: RejectFilter,
  deps: HistoryDeps,
): Promise<readonly RejectLine[]> {
  const found = await readTarget(config, 'list rejects', deps, ({ session }) => findRejects(session, filter));
  return found.map(lineOf);
}

/** A line with the bytes of its record; null where neither the ledger nor a raw file has them any more. */
export type ShownReject = RejectLine & { readonly bytes: Buffer | null };

/** The lines of one record. Throws `usage` where there are none. */
export async function showReject(
  config: SourceConfig,
  id: string,
  resources: readonly string[] | null,
  deps: HistoryDeps,
): Promise<readonly ShownReject[]> {
  const filter = { id, resources, limit: 100 };
  const found = await readTarget(config, 'show a reject', deps, ({ session }) =>
    findRejects(session, filter),
  );
  if (found.length === 0) throw unknownReject(id);
  const shown: ShownReject[] = [];
  for (const one of found) {
    shown.push({ ...lineOf(one), bytes: one.bytes ?? (await bytesInRaw(config, one)) });
  }
  return shown;
}

/** Lets a record be as it is, or changes the reason. Throws `usage` where none of its lines is open or waived. */
export async function waiveReject(
  config: SourceConfig,
  request: { readonly id: string; readonly resources: readonly string[] | null; readonly reason: string },
  deps: HistoryDeps,
): Promise<number> {
  const { id, reason, resources } = request;
  const waived = await readTarget(config, 'waive a reject', { ...deps, alone: true }, ({ session }) =>
    waiveRejects(session, id, resources, reason),
  );
  if (waived === 0) throw unknownReject(id, 'open ');
  return waived;
}

function lineOf(kept: KeptReject): RejectLine {
  const { bytes: _bytes, index: _index, offset: _offset, page: _page, ...line } = kept;
  return line;
}

/** A record too large for the ledger, from the raw file of the run that saw it last. */
async function bytesInRaw(
  config: SourceConfig,
  { resource, last_run_id, offset, page }: KeptReject,
): Promise<Buffer | null> {
  const manifest = await readManifest(config.dataDir, last_run_id).catch(() => null);
  const file = manifest?.raw[resource]?.[page - 1];
  if (file === undefined) return null;
  const splitter = createRecordSplitter({ shape: 'array', maxRecordBytes: MAX_RECORD_BYTES });
  splitter.push(Buffer.from('['));
  try {
    const path = join(runFolder(config.dataDir, last_run_id), file.path);
    const chunks: AsyncIterable<Buffer> = createReadStream(path, { start: offset });
    for await (const chunk of chunks) {
      const [first] = splitter.push(chunk);
      if (first !== undefined) return first.bytes;
    }
  } catch {
    // The file is gone, or is not what it was.
  }
  return null;
}

function unknownReject(id: string, what = ''): PipelineError {
  return new PipelineError(`Cannot find ${what}rejects of record ${JSON.stringify(id)}`, {
    code: 'usage',
    hint: 'spacex-pipeline rejects list --status open',
  });
}
