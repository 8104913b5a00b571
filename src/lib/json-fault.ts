/** The first position at which text is not valid JSON. */
export type JsonFault = {
  readonly line: number;
  readonly column: number;
  readonly expected: string;
  readonly found: string;
};

/**
 * Finds the position at which JSON.parse fails, which its error does not always include. Returns null for valid JSON.
 */
export function findJsonFault(text: string): JsonFault | null {
  const fault = scanDocument(text);
  if (fault === null) return null;
  const found = text.codePointAt(fault.at);
  return {
    ...lineAndColumn(text, fault.at),
    expected: fault.expected,
    found: found === undefined ? 'the end of the file' : JSON.stringify(String.fromCodePoint(found)),
  };
}

/** The line and column of a character, both counted from 1. */
export function lineAndColumn(
  text: string,
  index: number,
): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, index).split('\n');
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

type Fault = { readonly at: number; readonly expected: string };
/** Where a part of the text ends, or the fault in that part. */
type Scanned = number | Fault;

function scanDocument(text: string): Fault | null {
  const end = scanValue(text, skipSpace(text, 0));
  if (typeof end !== 'number') return end;
  const rest = skipSpace(text, end);
  return rest === text.length ? null : { at: rest, expected: 'the end of the file' };
}

const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/;

function scanValue(text: string, at: number): Scanned {
  if (text[at] === '{') return scanItems(text, at, '}', scanProperty);
  if (text[at] === '[') return scanItems(text, at, ']', scanValue);
  if (text[at] === '"') return scanString(text, at);
  const length = matchLength(SCALAR, text, at);
  return length === 0 ? { at, expected: 'a value' } : at + length;
}

function scanItems(
  text: string,
  open: number,
  close: '}' | ']',
  scanItem: (text: string, at: number) => Scanned,
): Scanned {
  let at = skipSpace(text, open + 1);
  if (text[at] === close) return at + 1;
  for (;;) {
    const end = scanItem(text, at);
    if (typeof end !== 'number') return end;
    at = skipSpace(text, end);
    if (text[at] === close) return at + 1;
    if (text[at] !== ',') return { at, expected: `"," or "${close}"` };
    at = skipSpace(text, at + 1);
  }
}

function scanProperty(text: string, at: number): Scanned {
  if (text[at] !== '"') return { at, expected: 'a name in double quotes' };
  const end = scanString(text, at);
  if (typeof end !== 'number') return end;
  const colon = skipSpace(text, end);
  if (text[colon] !== ':') return { at: colon, expected: '":"' };
  return scanValue(text, skipSpace(text, colon + 1));
}

const STRING_BODY = /(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/;

function scanString(text: string, at: number): Scanned {
  const end = at + 1 + matchLength(STRING_BODY, text, at + 1);
  if (text[end] === '"') return end + 1;
  return { at: end, expected: text[end] === '\\' ? 'a valid JSON escape' : 'the end of a string' };
}

const SPACE = /[ \t\r\n]*/;

function skipSpace(text: string, at: number): number {
  return at + matchLength(SPACE, text, at);
}

function matchLength(pattern: RegExp, text: string, at: number): number {
  const sticky = new RegExp(pattern, 'y');
  sticky.lastIndex = at;
  return sticky.exec(text)?.[0].length ?? 0;
}
