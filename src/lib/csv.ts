export type CsvValue = string | number | boolean | null;

export type CsvEncoder = {
  readonly header: () => Buffer<ArrayBuffer>;
  /** Throws UnwritableValue for a value that CSV cannot represent. In that case, no part of the row is written. */
  readonly encode: (row: Readonly<Record<string, CsvValue>>) => void;
  /** Returns the rows since the last take. */
  readonly take: () => Buffer<ArrayBuffer>;
  /** Reuses the memory of taken rows for new rows. The taken rows must no longer be read. */
  readonly reuse: (taken: Buffer<ArrayBuffer>) => void;
  /** The rows since the last take, and their approximate size in bytes, counted before they are encoded. */
  readonly rows: number;
  readonly bytes: number;
};

/**
 * Encodes CSV in a form that follows RFC 4180 and that PostgreSQL's COPY can read. Null is an empty field, an empty
 * string is `""`, and lines end with a line feed.
 */
export function createCsvEncoder(columns: readonly string[]): CsvEncoder {
  let buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  const spare: Buffer<ArrayBuffer>[] = [];
  let bytes = 0;
  let rows = 0;
  /** Lines that are not in the buffer yet. Encoding short rows one at a time would take twice as long. */
  let pending = '';

  function flush(): void {
    const needed = bytes + pending.length * MAX_BYTES_PER_UNIT;
    if (needed > buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, buffer.length * 2));
      buffer.copy(larger, 0, 0, bytes);
      buffer = larger;
    }
    bytes += buffer.write(pending, bytes);
    pending = '';
  }

  return {
    header: () => Buffer.from(csvLine(columns)),
    encode(row) {
      const fields = columns.map((column) => encodeValue(row[column], column));
      pending += `${fields.join(',')}\n`;
      if (pending.length >= PENDING_UNITS) flush();
      rows++;
    },
    take() {
      flush();
      const taken = buffer.subarray(0, bytes);
      // The next batch will be about as large. A buffer that is slightly too small would be doubled and use twice the
      // memory.
      buffer = spare.pop() ?? Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, Math.ceil(bytes * 1.25)));
      bytes = 0;
      rows = 0;
      return taken;
    },
    reuse(taken) {
      spare.push(Buffer.from(taken.buffer));
    },
    get rows() {
      return rows;
    },
    get bytes() {
      return bytes + pending.length;
    },
  };
}

/** Thrown for a value that CSV cannot represent. */
export class UnwritableValue extends RangeError {
  readonly column: string;
  /** The value as text. */
  readonly value: string;

  constructor(column: string, value: CsvValue | undefined) {
    const text = value === undefined ? 'no value' : String(value);
    super(`Cannot write ${column} as CSV: ${text}`);
    this.column = column;
    this.value = text;
  }
}

/** Encodes one row, with values by position. */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map((value, index) => encodeValue(value, `column ${index + 1}`)).join(',')}\n`;
}

const FIRST_BYTES = 1 << 16;
/** The maximum number of UTF-8 bytes for one code unit of a JavaScript string. */
const MAX_BYTES_PER_UNIT = 3;
const PENDING_UNITS = 1 << 14;

function encodeValue(value: CsvValue | undefined, column: string): string {
  if (typeof value === 'string') return encodeText(value);
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw new UnwritableValue(column, value);
}

function encodeText(text: string): string {
  return needsQuotes(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const SPACE = 0x20;
const SPECIAL = /[",\n\r]/;

function needsQuotes(text: string): boolean {
  // COPY interprets a bare `\.` as the end of the data.
  if (text === '' || text === '\\.') return true;
  if (text.charCodeAt(0) <= SPACE || text.charCodeAt(text.length - 1) <= SPACE) return true;
  return SPECIAL.test(text);
}
