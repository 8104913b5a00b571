import { parseRecord, type ParsedRecord } from './parse-record.ts';

/** How many wrong cuts to accept before giving up on the seam. */
const MAX_MISSES = 100;

/** The beginning of a record, up to its first key. */
const BEGINNING = /^\{[ \t\r\n]{0,32}"[^"\\]{1,64}"/;
const BEGINNING_BYTES = 128;

/**
 * Predicts where records end from the bytes between two earlier records, such as `},{"id"`. This takes one native
 * search per record instead of checking each byte. The same bytes can occur inside a record, so JSON.parse verifies
 * each cut: a JSON object is never a proper prefix of another object.
 */
export class RecordSeam {
  #seam: Buffer | null = null;
  #misses = 0;

  /**
   * `end` is the position after the last byte of a record, and `start` is the position of the first byte of the next
   * record.
   */
  learn(bytes: Buffer, end: number, start: number): void {
    if (this.#seam !== null || this.#misses > MAX_MISSES || end < 1) return;
    const beginning = BEGINNING.exec(bytes.toString('latin1', start, start + BEGINNING_BYTES));
    if (beginning === null) return;
    this.#seam = Buffer.from(bytes.subarray(end - 1, start + beginning[0].length));
  }

  /** The record that begins at `start`; null if its end must be found byte by byte. */
  cut(bytes: Buffer, start: number): { readonly end: number; readonly parsed: ParsedRecord } | null {
    if (this.#seam === null) return null;
    const at = bytes.indexOf(this.#seam, start);
    if (at === -1) return null;
    const end = at + 1;
    const parsed = parseRecord(bytes.subarray(start, end));
    if (parsed.ok) return { end, parsed };
    this.#misses++;
    if (this.#misses > MAX_MISSES) this.#seam = null;
    return null;
  }
}
