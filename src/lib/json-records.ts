/** One record of the text: `bytes` without the whitespace around it, `offset` where it starts in the whole text. */
export type RecordSlice = {
  readonly bytes: Buffer;
  readonly offset: number;
  readonly index: number;
};

export type RecordSplitter = {
  /**
   * The records that this chunk completes. They are views on the chunk where it holds them whole, and a record that
   * goes on in the next chunk is not copied before it ends: the chunk's memory must not be written again.
   * What a broken text holds before the break is handed out first, the error follows with the next call.
   */
  readonly push: (chunk: Uint8Array) => readonly RecordSlice[];
  /** Throws unless the text was whole. Records end with a byte of their own, so none are left to hand out. */
  readonly end: () => readonly RecordSlice[];
};

export type SplitterOptions = {
  /** `array`: the text is one array and its elements are the records. `object`: the text is one object, the record. */
  readonly shape: 'array' | 'object';
  readonly maxRecordBytes: number;
};

/** The text is broken outside its records. */
export class JsonSyntaxError extends Error {
  /** In bytes, a byte order mark included. */
  readonly offset: number;
  /** The text ended too early, as far as it went it was right. */
  readonly truncated: boolean;

  constructor(message: string, offset: number, truncated: boolean) {
    super(message);
    this.name = 'JsonSyntaxError';
    this.offset = offset;
    this.truncated = truncated;
  }
}

/**
 * Cuts a JSON text that arrives in chunks of any size into its records, without parsing them. Only what is around
 * the records is checked: a record that is malformed inside is handed out, for the caller's JSON.parse to refuse.
 * Both throw JsonSyntaxError.
 */
export function createRecordSplitter(options: SplitterOptions): RecordSplitter {
  return new Splitter(options);
}

type State =
  | 'open' // before the text's first bracket
  | 'first' // after it
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
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;

class Splitter {
  readonly #options: SplitterOptions;
  #state: State = 'open';
  #markBytes = 0;
  /** Bytes in the chunks before this one. */
  #before = 0;
  #records = 0;
  #failure: JsonSyntaxError | null = null;

  // The record at hand: where it starts in the whole text, and what earlier chunks held of it, joined when it ends.
  #start = 0;
  #parts: Buffer[] = [];
  #partBytes = 0;
  readonly #nesting: Nesting = { depth: 0, inString: false, escaped: false };

  constructor(options: SplitterOptions) {
    this.#options = options;
  }

  push(chunk: Uint8Array): RecordSlice[] {
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

  end(): RecordSlice[] {
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
        if (state === 'value' || state === 'scalar') this.#begin(byte, this.#before + i);
        this.#state = state;
        i++;
      }
    }
    // The chunk's last byte may be a record's first.
    if (this.#state === 'value' || this.#state === 'scalar') this.#keepPart(bytes);
  }

  /** What a byte outside the records leads to, null where it must not be. */
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
    return this.#state === 'done' ? null : recordState(byte);
  }

  #begin(byte: number, offset: number): void {
    this.#start = offset;
    this.#nesting.inString = byte === QUOTE;
    this.#nesting.depth = byte === QUOTE ? 0 : 1;
  }

  #keepPart(bytes: Buffer): void {
    const part = bytes.subarray(Math.max(0, this.#start - this.#before));
    this.#parts.push(part);
    this.#partBytes += part.length;
    this.#checkSize(this.#partBytes);
  }

  /** The record ends before `bytes[end]`. */
  #finish(bytes: Buffer, end: number): RecordSlice {
    const part = bytes.subarray(Math.max(0, this.#start - this.#before), end);
    const size = this.#partBytes + part.length;
    this.#checkSize(size);
    const whole = this.#parts.length === 0 ? part : Buffer.concat([...this.#parts, part], size);
    this.#parts.length = 0;
    this.#partBytes = 0;
    this.#state = this.#options.shape === 'array' ? 'after' : 'done';
    return { bytes: whole, offset: this.#start, index: this.#records++ };
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

type Nesting = { depth: number; inString: boolean; escaped: boolean };

const UNFINISHED = -1;

/** Where the object, array or string ends that began before `bytes[from]`; brackets are counted, not matched. */
function scanValue(bytes: Buffer, from: number, nesting: Nesting): number {
  const length = bytes.length;
  let { depth, inString } = nesting;
  let i = nesting.escaped ? from + 1 : from;
  nesting.escaped = false;
  for (;;) {
    if (inString) {
      for (; i < length; i++) {
        const byte = bytes[i];
        if (byte === QUOTE) break;
        if (byte === BACKSLASH) i++;
      }
      if (i >= length) break;
      i++;
      inString = false;
      if (depth === 0) return i;
    }
    while (i < length) {
      const byte = bytes[i++] ?? 0;
      if (byte === QUOTE) {
        inString = true;
        break;
      }
      if (byte < OPEN_ARRAY) continue;
      // `[` and `{`, `]` and `}` are 0x20 apart.
      const bracket = byte | 0x20;
      if (bracket === 0x7b) depth++;
      else if (bracket === 0x7d && --depth === 0) return i;
    }
    if (!inString) break;
  }
  nesting.depth = depth;
  nesting.inString = inString;
  nesting.escaped = i > length;
  return UNFINISHED;
}

function scanScalar(bytes: Buffer, from: number): number {
  for (let i = from; i < bytes.length; i++) if (!isScalar(bytes[i] ?? 0)) return i;
  return UNFINISHED;
}

/** How a record that begins with this byte is read, null where none can. */
function recordState(byte: number): 'value' | 'scalar' | null {
  if (byte === OPEN_OBJECT || byte === OPEN_ARRAY || byte === QUOTE) return 'value';
  return isScalar(byte) ? 'scalar' : null;
}

/** Digits, letters and `+ - .`: more than JSON's numbers and words, so that NaN is a bad record, not a bad text. */
function isScalar(byte: number): boolean {
  const lower = byte | 0x20;
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (lower >= 0x61 && lower <= 0x7a) ||
    byte === MINUS ||
    byte === DOT ||
    byte === PLUS
  );
}

/** The first bytes as quoted ASCII. */
function printable(bytes: Buffer): string {
  const text = bytes
    .subarray(0, 24)
    .toString('latin1')
    .replaceAll(/[^ -~]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `'${text}'`;
}
