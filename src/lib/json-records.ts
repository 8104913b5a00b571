import { scanScalar, scanValue, UNFINISHED, valueKind, type Nesting } from './json-scan.ts';
import { parseRecord, type ParsedRecord } from './parse-record.ts';
import { RecordSeam } from './record-seam.ts';

/**
 * A record in the text. `bytes` does not include surrounding whitespace, `offset` is the position in the complete text,
 * and `parsed` is the result of JSON.parse.
 */
export type RecordSlice = {
  readonly bytes: Buffer;
  readonly offset: number;
  readonly index: number;
  readonly parsed: ParsedRecord;
};

export type SplitterOptions = {
  /** `array` means that the text is an array of records; `object` means that the text is a single record. */
  readonly shape: 'array' | 'object';
  readonly maxRecordBytes: number;
};

/** Thrown if the text is malformed outside its records. */
export class JsonSyntaxError extends Error {
  /** The position of the error, in bytes, including a byte order mark. */
  readonly offset: number;
  /** True if the text ended too early but was valid up to that point. */
  readonly truncated: boolean;

  constructor(message: string, offset: number, truncated: boolean) {
    super(message);
    this.name = 'JsonSyntaxError';
    this.offset = offset;
    this.truncated = truncated;
  }
}

/**
 * Splits a JSON text that arrives in chunks of any size into records, and parses each record. The text around the
 * records must be valid. A malformed record is returned with the reason. Both methods throw JsonSyntaxError.
 */
export function createRecordSplitter(options: SplitterOptions): Splitter {
  return new Splitter(options);
}

type State =
  | 'open' // before the text's first bracket
  | 'first' // after the text's first bracket
  | 'next' // after a comma
  | 'value' // inside a record that is an object, an array or a string
  | 'scalar' // inside a record that is a number or a word
  | 'after' // after a record
  | 'done'; // after the text's last bracket

const EXPECTED = {
  first: "a record or ']'",
  next: 'a record',
  value: 'the rest of a record',
  scalar: 'the rest of a record',
  after: "',' or ']'",
  done: 'nothing more',
} as const satisfies Readonly<Record<Exclude<State, 'open'>, string>>;

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;

class Splitter {
  readonly #options: SplitterOptions;
  #state: State = 'open';
  #markBytes = 0;
  /** The number of bytes in earlier chunks. */
  #before = 0;
  #records = 0;
  #failure: JsonSyntaxError | null = null;
  /** The position after the most recent record, in the complete text. */
  #end = 0;
  readonly #seam = new RecordSeam();

  // The current record: where it starts in the complete text, and its parts from earlier chunks, which are joined when
  // the record ends.
  #start = 0;
  #parts: Buffer[] = [];
  #partBytes = 0;
  readonly #nesting: Nesting = { depth: 0, inString: false, escaped: false };

  constructor(options: SplitterOptions) {
    this.#options = options;
  }

  /**
   * Returns the records that end in this chunk. A record within one chunk is a view of that chunk, and the start of a
   * record that continues in the next chunk is copied only when the record ends, so the chunk's memory must not be
   * overwritten. If the text is malformed, returns the records before the fault, and the next call throws.
   */
  push(chunk: Uint8Array): readonly RecordSlice[] {
    if (this.#failure !== null) throw this.#failure;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const slices: RecordSlice[] = [];
    try {
      this.#split(bytes, slices);
    } catch (error) {
      if (!(error instanceof JsonSyntaxError)) throw error;
      this.#failure = error;
      if (slices.length === 0) throw error;
    }
    this.#before += bytes.length;
    return slices;
  }

  /**
   * Throws unless the text was complete. Always returns an empty array, because `push` returns each record as soon as
   * it ends.
   */
  end(): readonly RecordSlice[] {
    if (this.#failure === null && this.#state !== 'done') {
      const count = `${this.#records} whole ${this.#records === 1 ? 'record' : 'records'}`;
      const outcome = this.#state === 'open' ? '' : `: truncated after ${count}`;
      const message = `expected ${this.#expected()}, found the end at byte ${this.#before}${outcome}`;
      this.#failure = new JsonSyntaxError(message, this.#before, true);
    }
    if (this.#failure !== null) throw this.#failure;
    return [];
  }

  #split(bytes: Buffer, slices: RecordSlice[]): void {
    let i = 0;
    while (i < bytes.length) {
      if (this.#state === 'value' || this.#state === 'scalar') {
        i = this.#state === 'value' ? scanValue(bytes, i, this.#nesting) : scanScalar(bytes, i);
        if (i === UNFINISHED) {
          this.#keepPart(bytes);
          return;
        }
        slices.push(this.#finish(bytes, i));
      } else {
        const byte = bytes[i] ?? 0;
        const state = this.#stateAfter(byte, this.#before + i);
        if (state === null) {
          throw this.#error(printable(bytes.subarray(i)), this.#before + i);
        }
        this.#state = state;
        if (state === 'value' || state === 'scalar') this.#begin(byte, this.#before + i);
        if (byte === OPEN_OBJECT && state === 'value') i = this.#cut(bytes, i, slices);
        else i++;
      }
    }
    // The last byte of the chunk may be the first byte of a record.
    if (this.#state === 'value' || this.#state === 'scalar') this.#keepPart(bytes);
  }

  /** The state after a byte outside the records; null if the byte is not allowed there. */
  #stateAfter(byte: number, offset: number): State | null {
    if (offset === this.#markBytes && byte === BYTE_ORDER_MARK[offset]) {
      this.#markBytes++;
      return 'open';
    }
    if (this.#inMark()) return null;
    if (byte === SPACE || byte === LINE_FEED || byte === RETURN || byte === TAB) return this.#state;
    if (this.#state === 'open') {
      if (this.#options.shape === 'object') return byte === OPEN_OBJECT ? 'value' : null;
      return byte === OPEN_ARRAY ? 'first' : null;
    }
    if (byte === CLOSE_ARRAY && (this.#state === 'first' || this.#state === 'after')) return 'done';
    if (this.#state === 'after') return byte === COMMA ? 'next' : null;
    return this.#state === 'done' ? null : valueKind(byte);
  }

  #begin(byte: number, offset: number): void {
    this.#start = offset;
    this.#nesting.inString = byte === QUOTE;
    this.#nesting.depth = byte === QUOTE ? 0 : 1;
  }

  /**
   * Finishes the record that begins at `bytes[start]` if the seam predicts its end. Returns the position at which to
   * continue.
   */
  #cut(bytes: Buffer, start: number, slices: RecordSlice[]): number {
    this.#seam.learn(bytes, this.#end - this.#before, start);
    const cut = this.#seam.cut(bytes, start);
    if (cut === null) return start + 1;
    slices.push(this.#finish(bytes, cut.end, cut.parsed));
    return cut.end;
  }

  #keepPart(bytes: Buffer): void {
    const part = bytes.subarray(Math.max(0, this.#start - this.#before));
    this.#parts.push(part);
    this.#partBytes += part.length;
    this.#checkSize(this.#partBytes);
  }

  /** Finishes the current record, which ends before `bytes[end]`. */
  #finish(bytes: Buffer, end: number, parsed?: ParsedRecord): RecordSlice {
    const part = bytes.subarray(Math.max(0, this.#start - this.#before), end);
    const size = this.#partBytes + part.length;
    this.#checkSize(size);
    const whole = this.#parts.length === 0 ? part : Buffer.concat([...this.#parts, part], size);
    this.#parts.length = 0;
    this.#partBytes = 0;
    this.#state = this.#options.shape === 'array' ? 'after' : 'done';
    this.#end = this.#before + end;
    return {
      bytes: whole,
      offset: this.#start,
      index: this.#records++,
      parsed: parsed ?? parseRecord(whole),
    };
  }

  #checkSize(size: number): void {
    const limit = this.#options.maxRecordBytes;
    if (size <= limit) return;
    const message = `expected a record of at most ${limit} bytes, found a longer one at byte ${this.#start}`;
    throw new JsonSyntaxError(message, this.#start, false);
  }

  #inMark(): boolean {
    return this.#markBytes > 0 && this.#markBytes < BYTE_ORDER_MARK.length;
  }

  #expected(): string {
    if (this.#state !== 'open') return EXPECTED[this.#state];
    if (this.#inMark()) return 'the rest of a byte order mark';
    return this.#options.shape === 'array' ? "an array's '['" : "an object's '{'";
  }

  #error(found: string, offset: number): JsonSyntaxError {
    return new JsonSyntaxError(
      `expected ${this.#expected()}, found ${found} at byte ${offset}`,
      offset,
      false,
    );
  }
}

/** The first bytes as quoted ASCII. */
function printable(bytes: Buffer): string {
  const text = bytes
    .subarray(0, 24)
    .toString('latin1')
    .replaceAll(/[^ -~]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `'${text}'`;
}
