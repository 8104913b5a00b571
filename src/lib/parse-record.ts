import { isUtf8 } from 'node:buffer';

/** What a record's bytes say, or why they say nothing. Of a key that an object has twice the last one counts. */
export type ParsedRecord =
  | { readonly ok: true; readonly record: unknown }
  | { readonly ok: false; readonly code: 'encoding' | 'json'; readonly reason: string };

export function parseRecord(bytes: Buffer): ParsedRecord {
  if (!isUtf8(bytes))
    return { ok: false, code: 'encoding', reason: 'must be UTF-8, found bytes that are not' };
  try {
    return { ok: true, record: JSON.parse(bytes.toString('utf8')) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, code: 'json', reason: `must be JSON: ${reason}` };
  }
}
