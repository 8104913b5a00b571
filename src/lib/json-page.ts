import {
  createRecordSplitter,
  JsonSyntaxError,
  type RecordSlice,
  type SplitterOptions,
} from './json-records.ts';
import { scanValue, UNFINISHED } from './json-scan.ts';

/** One page of a collection: the records and the envelope around them. */
export type JsonPage = {
  readonly records: readonly RecordSlice[];
  readonly envelope: Readonly<Record<string, unknown>>;
};

export type PageOptions = Pick<SplitterOptions, 'maxRecordBytes'> & {
  /** The page's member that contains the array of records. */
  readonly member: string;
};

/**
 * Splits a page, which is an object with the records in one of its members, into records and envelope. Record offsets
 * are relative to the page. Throws JsonSyntaxError if anything outside the records is malformed.
 */
export function readJsonPage(bytes: Buffer, { maxRecordBytes, member }: PageOptions): JsonPage {
  const { end, start } = findArray(bytes, member);
  const splitter = createRecordSplitter({ shape: 'array', maxRecordBytes });
  const found = within(start, () => [...splitter.push(bytes.subarray(start, end)), ...splitter.end()]);
  // Without its records, the page is small.
  const around = Buffer.concat([bytes.subarray(0, start), Buffer.from('[]'), bytes.subarray(end)]);
  return {
    records: found.map((record) => ({ ...record, offset: record.offset + start })),
    envelope: parseEnvelope(around),
  };
}

const QUOTE = 0x22;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACES = [0x09, 0x0a, 0x0d, 0x20];

/** Finds the array in a member of the outermost object. */
function findArray(bytes: Buffer, member: string): { readonly start: number; readonly end: number } {
  let at = skipSpace(bytes, startOf(bytes));
  if (bytes[at] !== OPEN_OBJECT) throw broken(`an object's '{'`, bytes, at);
  at += 1;
  /** The last string found. It is a member's name if a colon follows. */
  let name: string | null = null;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      const end = endOf(bytes, at, 0, true);
      name = bytes.toString('utf8', at + 1, end - 1);
      at = end;
    } else if (byte === COLON) {
      at = skipSpace(bytes, at + 1);
      if (name === member && bytes[at] === OPEN_ARRAY) return { start: at, end: endOf(bytes, at, 1, false) };
      if (name === member) throw broken(`the array of ${JSON.stringify(member)}`, bytes, at);
      if (bytes[at] === QUOTE) at = endOf(bytes, at, 0, true);
      else if (bytes[at] === OPEN_ARRAY || bytes[at] === OPEN_OBJECT) at = endOf(bytes, at, 1, false);
    } else if (byte === CLOSE_OBJECT) {
      break;
    } else {
      at += 1;
    }
  }
  throw broken(`the member ${JSON.stringify(member)}`, bytes, at);
}

function endOf(bytes: Buffer, start: number, depth: number, inString: boolean): number {
  const end = scanValue(bytes, start + 1, { depth, inString, escaped: false });
  if (end !== UNFINISHED) return end;
  const message = `expected the rest of the page, found the end at byte ${bytes.length}`;
  throw new JsonSyntaxError(message, bytes.length, true);
}

/** The position after the byte order mark, if there is one. */
function startOf(bytes: Buffer): number {
  return bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (SPACES.includes(bytes[at] ?? 0)) at += 1;
  return at;
}

function parseEnvelope(around: Buffer): JsonPage['envelope'] {
  try {
    return JSON.parse(around.toString('utf8', startOf(around))) as JsonPage['envelope'];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new JsonSyntaxError(
      `expected an object around the records, found invalid JSON: ${reason}`,
      0,
      false,
    );
  }
}

/** Converts the position in an error, which is relative to the array, to a position in the page. */
function within<T>(start: number, split: () => T): T {
  try {
    return split();
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const message = error.message.replace(
      /at byte (\d+)/,
      (_, at: string) => `at byte ${Number(at) + start}`,
    );
    throw new JsonSyntaxError(message, error.offset + start, error.truncated);
  }
}

function broken(expected: string, bytes: Buffer, at: number): JsonSyntaxError {
  const isEnd = at >= bytes.length;
  const found = isEnd ? 'the end' : JSON.stringify(bytes.toString('latin1', at, at + 24));
  return new JsonSyntaxError(`expected ${expected}, found ${found} at byte ${at}`, at, isEnd);
}
