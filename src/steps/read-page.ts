import { buffer } from 'node:stream/consumers';

import type { ResourceChanges } from '../core/resource.ts';
import { readJsonPage, type JsonPage } from '../lib/json-page.ts';

export const MAX_RECORD_BYTES = 64 << 20;

/** A page that is asked for with others is small: it is read as a whole. Throws JsonSyntaxError where it is broken. */
export async function readPage(
  { member }: ResourceChanges,
  chunks: AsyncIterable<Uint8Array>,
): Promise<JsonPage> {
  return readJsonPage(await buffer(chunks), { member, maxRecordBytes: MAX_RECORD_BYTES });
}
