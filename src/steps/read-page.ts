import { buffer } from 'node:stream/consumers';

import type { ResourceChanges } from '../core/resource.ts';
import { readJsonPage, type JsonPage } from '../lib/json-page.ts';

export const MAX_RECORD_BYTES = 64 << 20;

/**
 * Reads a page into memory, because the pages of an incremental pull are small. Throws JsonSyntaxError if the page is
 * malformed.
 */
export async function readPage(
  { member }: ResourceChanges,
  chunks: AsyncIterable<Uint8Array>,
): Promise<JsonPage> {
  return readJsonPage(await buffer(chunks), { member, maxRecordBytes: MAX_RECORD_BYTES });
}
