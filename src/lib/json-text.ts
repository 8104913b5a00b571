/** A JSON document, escaped, and indented unless its depth makes that too long for a string. */
export function jsonText(value: unknown): string {
  return escapeJson(stringify(value));
}

/**
 * What steers a terminal and JSON lets through (C1 controls, marks of writing direction) becomes an escape, which says
 * the same.
 */
export function escapeJson(json: string): string {
  return json.replaceAll(
    /[\u007f-\u009f\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value, null, 2);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return JSON.stringify(value);
  }
}
