/** Reads JSON byte by byte, only as far as needed to find where a value ends. */

const QUOTE = 0x22;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;

export type Nesting = { depth: number; inString: boolean; escaped: boolean };

export const UNFINISHED = -1;

/**
 * Returns the end of the object, array or string that began before `bytes[from]`. Brackets are counted, not matched.
 */
export function scanValue(bytes: Buffer, from: number, nesting: Nesting): number {
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
      // `[` and `{` differ by 0x20, and so do `]` and `}`.
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

/** The maximum nesting depth of arrays and objects in a JSON text. */
export function nestingDepth(bytes: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === QUOTE) inString = !inString;
    else if (inString) i += byte === BACKSLASH ? 1 : 0;
    else if (byte >= OPEN_ARRAY) {
      const bracket = byte | 0x20;
      if (bracket === 0x7b) deepest = Math.max(deepest, ++depth);
      else if (bracket === 0x7d) depth--;
    }
  }
  return deepest;
}

export function scanScalar(bytes: Buffer, from: number): number {
  for (let i = from; i < bytes.length; i++) if (!isScalar(bytes[i] ?? 0)) return i;
  return UNFINISHED;
}

/** How to scan a value that begins with this byte; null if no value begins with it. */
export function valueKind(byte: number): 'value' | 'scalar' | null {
  if (byte === OPEN_OBJECT || byte === OPEN_ARRAY || byte === QUOTE) return 'value';
  return isScalar(byte) ? 'scalar' : null;
}

/**
 * Accepts digits, letters and `+ - .`, which is more than valid JSON needs, so that NaN is a malformed record and does
 * not invalidate the whole text.
 */
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
