/** Does a Content-Type header announce JSON? */
export function isJsonType(contentType: string): boolean {
  return /^application\/([\w.+-]+\+)?json\b/i.test(contentType);
}
