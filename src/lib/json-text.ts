/** A JSON document, escaped, and indented unless its depth makes that too long for a string. */
export function jsonText(value: unknown): string {
  return escapeJson(stringify(value));
}

/**
 * What steers a terminal and JSON lets through (C1 controls, marks of writing direction) becomes an escape, which means
 * the same. Half of a surrogate pair becomes a replacement character: jq, for one, reads no document that has any.
 */
export function escapeJson(json: string): string {
  const paired = HALF.test(json)
    ? json.replaceAll(ESCAPES, (escape, half: string | undefined) =>
        half === undefined ? escape : '\\ufffd',
      )
    : json;
  return paired.replaceAll(
    /[\u007f-\u009f\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const HALF = /\\u[dD][89a-fA-F]/;
/** A pair, a half, and any other escape, so that the backslash of `\\ud83d` is not taken for the start of one. */
const ESCAPES = /\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)|\\./g;

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value, null, 2);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return JSON.stringify(value);
  }
}
