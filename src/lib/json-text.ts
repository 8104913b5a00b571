/** Returns an escaped JSON document. Indents it unless deep nesting would make it too long for a string. */
export function jsonText(value: unknown): string {
  return escapeJson(stringify(value));
}

/**
 * Escapes characters that can control a terminal but are allowed in JSON, such as C1 control characters and directional
 * marks. The meaning of the document does not change. Half a surrogate pair becomes a replacement character, because
 * programs such as jq reject documents that contain one.
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
/**
 * Matches a pair, half a pair, or any other escape, so that the second backslash in `\\ud83d` is not mistaken for the
 * start of an escape.
 */
const ESCAPES = /\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)|\\./g;

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value, null, 2);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return JSON.stringify(value);
  }
}
