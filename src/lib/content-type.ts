/** `application/json`, the names used before it was registered, and any type that ends in `+json`. */
const JSON_TYPE = /^((application|text)\/(x-)?json|[\w.-]+\/[^\s;,]+\+json)\s*([;,]|$)/i;

/** Does a Content-Type header announce JSON? */
export function isJsonType(contentType: string): boolean {
  return JSON_TYPE.test(contentType);
}
