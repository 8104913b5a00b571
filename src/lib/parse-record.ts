import { isUtf8 } from 'node:buffer';

/** The parsed record, or the reason why it cannot be parsed. If an object repeats a key, the last value counts. */
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
