export type CsvValue = string | number | boolean | null;

export type CsvEncoder = {
  readonly header: () => Buffer<ArrayBuffer>;
  /** Throws RangeError for a value that CSV cannot hold; then nothing of the row is kept. */
  readonly encode: (row: Readonly<Record<string, CsvValue>>) => void;
  /** Hands out the rows since the last take. */
  readonly take: () => Buffer<ArrayBuffer>;
  /** Rows and bytes since the last take. */
  readonly rows: number;
  readonly bytes: number;
};

/**
 * CSV as RFC 4180 and PostgreSQL's COPY read it: null is an empty field, the empty string is `""`, lines end in a
 * line feed.
 */
export function createCsvEncoder(columns: readonly string[]): CsvEncoder {
  let buffer = Buffer.allocUnsafe(FIRST_BYTES);
  let bytes = 0;
  let rows = 0;

  function append(line: string): void {
    const needed = bytes + line.length * MAX_BYTES_PER_UNIT;
    if (needed > buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, buffer.length * 2));
      buffer.copy(larger, 0, 0, bytes);
      buffer = larger;
    }
    bytes += buffer.write(line, bytes);
  }

  return {
    header: () => Buffer.from(`${columns.map((column) => encodeText(column)).join(',')}\n`),
    encode(row) {
      let line = '';
      let separator = '';
      for (const column of columns) {
        line += separator + encodeValue(row[column], column);
        separator = ',';
      }
      append(line + '\n');
      rows++;
    },
    take() {
      const taken = buffer.subarray(0, bytes);
      // The next batch is of about the same size; doubling just above it would hold twice the memory.
      buffer = Buffer.allocUnsafe(Math.max(FIRST_BYTES, Math.ceil(bytes * 1.25)));
      bytes = 0;
      rows = 0;
      return taken;
    },
    get rows() {
      return rows;
    },
    get bytes() {
      return bytes;
    },
  };
}

const FIRST_BYTES = 1 << 16;
/** Of UTF-8, for one unit of a JavaScript string. */
const MAX_BYTES_PER_UNIT = 3;

function encodeValue(value: CsvValue | undefined, column: string): string {
  if (typeof value === 'string') return encodeText(value);
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw new RangeError(`Cannot write ${column} as CSV: ${value === undefined ? 'no value' : value}`);
}

function encodeText(text: string): string {
  return needsQuotes(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;

function needsQuotes(text: string): boolean {
  // COPY takes a bare `\.` for the end of the data.
  if (text === '' || text === '\\.') return true;
  if (text.charCodeAt(0) <= SPACE || text.charCodeAt(text.length - 1) <= SPACE) return true;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit <= COMMA && (unit === COMMA || unit === QUOTE || unit === LINE_FEED || unit === RETURN))
      return true;
  }
  return false;
}
