/** `application/json`, the names that were used before it was registered, and any type that ends in `+json`. */
const JSON_TYPE = /^((application|text)\/(x-)?json|[\w.-]+\/[^\s;,]+\+json)\s*([;,]|$)/i;

/** True if a Content-Type header announces JSON. */
export function isJsonType(contentType: string): boolean {
  return JSON_TYPE.test(contentType);
}
