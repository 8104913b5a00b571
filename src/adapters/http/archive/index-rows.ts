import { isJsonType } from '../../../lib/content-type.ts';
import { isSameOriginal } from './playback-url.ts';

/** A capture listed in the index. */
export type IndexRow = { readonly timestamp: string; readonly original: string };

/**
 * The captures in an index response that may be usable, newest first. Throws unless the response is empty or an array
 * of string arrays, the first of which contains the column names.
 */
export function readIndex(text: string, original: string): readonly IndexRow[] {
  const [names = [], ...rows] = rowsOf(JSON.parse(text.trim() === '' ? '[]' : text));
  if (names.length > 0 && COLUMNS.some((name) => !names.includes(name)))
    throw new TypeError(`the index lacks ${COLUMNS.filter((name) => !names.includes(name)).join(', ')}`);
  return rows
    .map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? ''])))
    .map(({ timestamp = '', original: listed = '', mimetype = '', statuscode = '' }) => ({
      timestamp,
      original: listed,
      isUsable: statuscode === '200' && isJsonType(mimetype) && /^\d{14}$/.test(timestamp),
    }))
    .filter((row) => row.isUsable && isSameOriginal(row.original, original))
    .map((row) => ({ timestamp: row.timestamp, original: row.original }))
    .sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1));
}

const COLUMNS = ['timestamp', 'original', 'mimetype', 'statuscode'];

function rowsOf(value: unknown): readonly (readonly string[])[] {
  if (Array.isArray(value) && value.every(isRow)) return value;
  throw new TypeError('the response is not an array of rows');
}

function isRow(row: unknown): row is readonly string[] {
  return Array.isArray(row) && row.every((cell) => typeof cell === 'string');
}
